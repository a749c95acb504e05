import { Controller } from '@hotwired/stimulus'

const PAUSE = 1200

/** Writing a post: a preview rendered by the server, drafts kept while typing, pictures by picker, paste and drop. */
export default class extends Controller {
  static targets = ['text', 'preview', 'writeTab', 'previewTab', 'note']
  static values = { place: String, saved: String, uploading: String, failed: String }

  connect() {
    this.form.addEventListener('input', this.changed)
    this.form.addEventListener('submit', this.sent)
  }

  disconnect() {
    clearTimeout(this.timer)
    this.form.removeEventListener('input', this.changed)
    this.form.removeEventListener('submit', this.sent)
  }

  get form() {
    return this.textTarget.form
  }

  changed = () => {
    if (!this.placeValue) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.keep(), PAUSE)
  }

  sent = () => clearTimeout(this.timer)

  async keep() {
    const { draftKey, ...content } = Object.fromEntries([...new FormData(this.form)].filter(([, value]) => typeof value === 'string'))
    const response = await fetch('/me/drafts', {
      method: 'PUT',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ place: this.placeValue, draftKey, content }),
    })
    if (response.ok)
      this.note(
        `${this.savedValue} ${new Date().toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' })}`,
      )
  }

  write() {
    this.show(false)
    this.textTarget.focus()
  }

  async preview() {
    this.show(true)
    const response = await fetch('/preview', { method: 'POST', body: new URLSearchParams({ body: this.textTarget.value }) })
    this.previewTarget.innerHTML = await response.text()
  }

  show(previewing) {
    this.textTarget.hidden = previewing
    this.previewTarget.hidden = !previewing
    this.writeTabTarget.setAttribute('aria-selected', String(!previewing))
    this.previewTabTarget.setAttribute('aria-selected', String(previewing))
  }

  choose({ target }) {
    this.upload([...target.files])
    target.value = ''
  }

  paste(event) {
    this.take(event, event.clipboardData)
  }

  over(event) {
    if (event.dataTransfer.types.includes('Files')) event.preventDefault()
  }

  drop(event) {
    this.take(event, event.dataTransfer)
  }

  take(event, { files }) {
    const pictures = [...files].filter(file => file.type.startsWith('image/'))
    if (pictures.length === 0) return
    event.preventDefault()
    this.upload(pictures)
  }

  async upload(pictures) {
    for (const picture of pictures) {
      this.note(this.uploadingValue)
      const body = new FormData()
      body.append('picture', picture)
      const answer = await this.send(body).catch(() => ({ message: this.failedValue }))
      this.note(answer.message ?? '')
      if (answer.markdown) this.insert(`\n${answer.markdown}\n`)
    }
  }

  async send(body) {
    const response = await fetch('/pictures', { method: 'POST', headers: { accept: 'application/json' }, body })
    return response.json()
  }

  insert(text) {
    this.textTarget.setRangeText(text, this.textTarget.selectionStart, this.textTarget.selectionEnd, 'end')
    this.textTarget.dispatchEvent(new Event('input', { bubbles: true }))
  }

  note(text) {
    this.noteTarget.textContent = text
  }
}
