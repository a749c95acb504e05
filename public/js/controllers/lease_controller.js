import { Controller } from '@hotwired/stimulus'

/** Takes what is opened as long as nobody has it, and counts down how long whoever took it still has it. */
export default class extends Controller {
  static values = { take: Boolean, until: String, pattern: String }

  connect() {
    if (document.documentElement.hasAttribute('data-turbo-preview')) return
    if (this.takeValue) return this.element.requestSubmit()
    this.tick = setInterval(() => this.show(), 1000)
    this.show()
  }

  disconnect() {
    clearInterval(this.tick)
  }

  show() {
    const left = Math.max(0, Math.ceil((new Date(this.untilValue) - Date.now()) / 1000))
    this.element.textContent = this.patternValue.replace('#m', Math.floor(left / 60)).replace('#s', left % 60)
    if (left === 0) clearInterval(this.tick)
  }
}
