import { Controller } from '@hotwired/stimulus'

const PAUSE = 1200

/** Keeps what is being written on the server, so that another device, or another day, goes on from there. */
export default class extends Controller {
  static targets = ['note']
  static values = { place: String }

  connect() {
    this.element.addEventListener('input', this.changed)
    this.element.addEventListener('submit', this.sent)
    // Somebody may have begun before this script came.
    if ([...this.element.elements].some(({ value, defaultValue = value }) => value !== defaultValue)) this.changed()
  }

  disconnect() {
    clearTimeout(this.timer)
    this.element.removeEventListener('input', this.changed)
    this.element.removeEventListener('submit', this.sent)
  }

  changed = () => {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.keep(), PAUSE)
  }

  sent = () => clearTimeout(this.timer)

  async keep() {
    const { draftKey, ...content } = Object.fromEntries([...new FormData(this.element)].filter(([, value]) => typeof value === 'string'))
    const response = await fetch('/me/drafts', {
      method: 'PUT',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ place: this.placeValue, draftKey, content }),
    }).catch(() => undefined)
    const words = await this.words(response)
    if (this.hasNoteTarget) this.noteTarget.textContent = words
  }

  async words(response) {
    const { offline, ended } = document.body.dataset
    if (!response) return offline
    if (response.status === 401) return ended
    const { message } = await response.json()
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' })
    return response.ok ? `${message} ${time}` : message
  }
}
