import { Controller } from '@hotwired/stimulus'

/** A form that is on its way is not sent again by a second press. */
export default class extends Controller {
  connect() {
    this.element.addEventListener('submit', this.wait)
    this.element.addEventListener('turbo:submit-end', this.ready)
  }

  disconnect() {
    this.element.removeEventListener('submit', this.wait)
    this.element.removeEventListener('turbo:submit-end', this.ready)
  }

  wait = event => {
    const { submitter } = event
    if (submitter?.getAttribute('aria-busy') === 'true') event.preventDefault()
    submitter?.setAttribute('aria-busy', 'true')
  }

  ready = event => event.detail.formSubmission.submitter?.removeAttribute('aria-busy')
}
