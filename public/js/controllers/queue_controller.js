import { Controller } from '@hotwired/stimulus'
import { renderStreamMessage } from '@hotwired/turbo'

const EVERY = 15_000

/** The queue by keyboard, and who has what, looked up now and then. */
export default class extends Controller {
  static targets = ['switch']

  connect() {
    this.switchTarget.checked = localStorage.getItem('queue-keys') !== 'off'
    document.addEventListener('keydown', this.press)
    this.clock = setInterval(() => this.look(), EVERY)
  }

  disconnect() {
    document.removeEventListener('keydown', this.press)
    clearInterval(this.clock)
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

  async look() {
    const ids = [...this.element.querySelectorAll('[data-item]')].map(({ dataset }) => dataset.item)
    if (document.hidden || ids.length === 0) return
    const response = await fetch(`/moderation/leases?ids=${ids.join()}`).catch(() => undefined)
    if (response?.ok) renderStreamMessage(await response.text())
  }
}
