import { Controller } from '@hotwired/stimulus'

/** The queue by keyboard. */
export default class extends Controller {
  static targets = ['switch']

  connect() {
    this.switchTarget.checked = localStorage.getItem('queue-keys') !== 'off'
    document.addEventListener('keydown', this.press)
  }

  disconnect() {
    document.removeEventListener('keydown', this.press)
  }

  remember() {
    localStorage.setItem('queue-keys', this.switchTarget.checked ? 'on' : 'off')
  }

  press = event => {
    if (!this.switchTarget.checked || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select'))
      return
    const key = event.key.toLowerCase()
    const wanted = [...this.element.querySelectorAll('[data-key]')].find(({ dataset }) => dataset.key.toLowerCase() === key)
    if (!wanted) return
    event.preventDefault()
    wanted.click()
    wanted.closest('details')?.querySelector('input[type=radio]')?.focus()
  }
}
