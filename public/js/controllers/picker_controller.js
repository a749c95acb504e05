import { Controller } from '@hotwired/stimulus'

const PAUSE = 300

/** Naming products: offers those whose name begins like what is being typed, and those the words of the form already name. */
export default class extends Controller {
  static targets = ['text', 'panel']
  static values = { form: String }

  connect() {
    if (!this.formValue) return
    this.form.addEventListener('input', this.written)
    // Words that came with the page, or were typed before this script, are looked at too.
    if (this.words.trim()) this.later(() => this.guess())
  }

  disconnect() {
    clearTimeout(this.timer)
    this.form.removeEventListener('input', this.written)
  }

  get form() {
    return this.textTarget.form
  }

  get words() {
    const fields = this.formValue.split(' ').map(name => this.form.elements[name]?.value ?? '')
    return fields.join('\n').slice(0, 20000)
  }

  /** The name at the end of the field is the one being typed. */
  get names() {
    return this.textTarget.value.split(/[,\u3001]/).map(name => name.trim())
  }

  typed(event) {
    event.stopPropagation()
    this.later(() => this.offer(fetch(`/products/suggest?q=${encodeURIComponent(this.names.at(-1))}`)))
  }

  written = ({ target }) => {
    if (this.formValue.split(' ').includes(target.name)) this.later(() => this.guess())
  }

  async guess() {
    if (this.textTarget.value.trim()) return
    await this.offer(fetch('/products/guess', { method: 'POST', body: new URLSearchParams({ text: this.words }) }))
  }

  async offer(answer) {
    const response = await answer.catch(() => undefined)
    if (response?.ok) this.panelTarget.innerHTML = await response.text()
  }

  take({ params }) {
    this.put([...this.names.slice(0, -1), params.name])
  }

  add({ params }) {
    this.put([...this.names, params.name])
  }

  put(names) {
    this.textTarget.value = [...new Set(names.filter(Boolean))].join('\u3001')
    this.panelTarget.replaceChildren()
    this.textTarget.focus()
  }

  later(work) {
    clearTimeout(this.timer)
    this.timer = setTimeout(work, PAUSE)
  }
}
