import { Controller } from '@hotwired/stimulus'

/** A menu closes when one presses Escape or somewhere else. */
export default class extends Controller {
  connect() {
    document.addEventListener('click', this.elsewhere)
    document.addEventListener('keydown', this.escape)
  }

  disconnect() {
    document.removeEventListener('click', this.elsewhere)
    document.removeEventListener('keydown', this.escape)
  }

  elsewhere = ({ target }) => {
    if (!this.element.contains(target)) this.element.open = false
  }

  escape = ({ key }) => {
    if (key !== 'Escape' || !this.element.open) return
    this.element.open = false
    this.element.querySelector('summary').focus()
  }
}
