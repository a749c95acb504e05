import { Controller } from '@hotwired/stimulus'

const PAUSE = 600

/** Writing a post: a preview rendered by the server (live where there is room, else behind a tab), pictures by picker, paste and drop. */
export default class extends Controller {
  static targets = ['text', 'picker', 'preview', 'looks', 'writeTab', 'previewTab', 'note']
  static values = { uploading: String }

  connect() {
    this.room = matchMedia('(min-width: 62.01rem)')
    // Chosen before this was loaded: nothing heard it then.
    if (this.hasPickerTarget && this.pickerTarget.files.length > 0) this.choose({ target: this.pickerTarget })
  }

  disconnect() {
    clearTimeout(this.timer)
  }

  typed() {
    clearTimeout(this.timer)
    if (this.room.matches) this.timer = setTimeout(() => this.render(), PAUSE)
  }

  write() {
    this.show(false)
    this.textTarget.focus()
  }

  preview() {
    this.show(true)
    this.render()
  }

  async render() {
    const body = this.textTarget.value
    const sent = { method: 'POST', headers: { accept: 'application/json' }, body: new URLSearchParams({ body }) }
    const response = await fetch('/preview', sent).catch(() => undefined)
    if (response?.ok) this.looksTarget.innerHTML = await response.text()
    else this.looksTarget.textContent = response ? await this.reason(response) : document.body.dataset.offline
    if (this.room.matches) this.previewTarget.hidden = !body.trim()
  }

  async reason(response) {
    const { message, fields } = await response.json()
    return fields?.body ?? message
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
      const answer = await this.send(body).catch(() => ({ message: document.body.dataset.offline }))
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
