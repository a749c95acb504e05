import { Controller } from '@hotwired/stimulus'

const PAUSE = 1200

/** Keeps what is being written on the server, so that another device, or another day, goes on from there. */
export default class extends Controller {
  static targets = ['note']
  static values = { place: String }

  connect() {
    this.element.addEventListener('input', this.changed)
    this.element.addEventListener('submit', this.sent)
    this.takeUp()
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

  sent = () => {
    clearTimeout(this.timer)
    if (!navigator.onLine) this.keepHere(this.content())
  }

  async keep() {
    const { draftKey, ...content } = this.content()
    const response = await fetch('/me/drafts', {
      method: 'PUT',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ place: this.placeValue, draftKey, content }),
    }).catch(() => undefined)
    if (response?.ok) localStorage.removeItem(this.place)
    else this.keepHere(content)
    const words = await this.words(response)
    if (this.hasNoteTarget) this.noteTarget.textContent = words
  }

  content() {
    return Object.fromEntries([...new FormData(this.element)].filter(([, value]) => typeof value === 'string'))
  }

  get place() {
    return `draft:${this.placeValue}`
  }

  /** Without a net, what is written stays on this device; the page without a net shows it. */
  keepHere({ draftKey, ...content }) {
    localStorage.setItem(this.place, JSON.stringify(content))
  }

  /** What stayed here when the net was away goes on from here. */
  takeUp() {
    const kept = JSON.parse(localStorage.getItem(this.place) ?? '{}')
    for (const [name, text] of Object.entries(kept)) {
      const field = this.element.elements[name]
      if (field instanceof HTMLTextAreaElement && !field.value) field.value = text
    }
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
