import { Controller } from '@hotwired/stimulus'

const PAUSE = 350

/** While a title is typed, shows what was asked before. */
export default class extends Controller {
  static values = { panel: String }

  connect() {
    if (this.element.value !== this.element.defaultValue) this.changed()
  }

  changed() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.show(), PAUSE)
  }

  disconnect() {
    clearTimeout(this.timer)
  }

  async show() {
    const title = this.element.value.trim()
    const response = await fetch(`/ask/similar?title=${encodeURIComponent(title)}`).catch(() => undefined)
    if (!response?.ok || title !== this.element.value.trim()) return
    const similar = await response.text()
    // Whoever has gone on to another page meanwhile needs it no more.
    if (this.element.isConnected) document.getElementById(this.panelValue).innerHTML = similar
  }
}
