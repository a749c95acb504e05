import { Controller } from '@hotwired/stimulus'

const PAUSE = 120
let boxes = 0

/** A search box that suggests while one types (ARIA combobox): arrows choose, Enter opens, Escape closes; without it, a plain form. */
export default class extends Controller {
  static targets = ['input']
  static values = { label: String }

  connect() {
    const id = `suggestions-${++boxes}`
    this.known = new Map()
    this.list = this.add({ className: 'suggestions', id, role: 'listbox', ariaLabel: this.labelValue, hidden: true })
    this.status = this.add({ className: 'sr-only', role: 'status' })
    Object.assign(this.inputTarget, { role: 'combobox', autocomplete: 'off', ariaAutoComplete: 'list', ariaExpanded: 'false' })
    this.inputTarget.setAttribute('aria-controls', id)
    this.inputTarget.addEventListener('input', this.typed)
    this.inputTarget.addEventListener('keydown', this.pressed)
    // A press on a suggestion leaves the focus in the box; leaving the box closes.
    this.list.addEventListener('mousedown', event => event.preventDefault())
    this.inputTarget.addEventListener('blur', this.close)
    document.addEventListener('pointerdown', this.elsewhere)
  }

  disconnect() {
    clearTimeout(this.timer)
    document.removeEventListener('pointerdown', this.elsewhere)
    this.inputTarget.removeEventListener('input', this.typed)
    this.inputTarget.removeEventListener('keydown', this.pressed)
    this.inputTarget.removeEventListener('blur', this.close)
    this.list.remove()
    this.status.remove()
  }

  add(properties) {
    const element = Object.assign(document.createElement('div'), properties)
    element.dataset.turboTemporary = ''
    return this.element.appendChild(element)
  }

  typed = () => {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.suggest(), PAUSE)
  }

  async suggest() {
    const words = this.inputTarget.value.trim()
    if (!words) return this.close()
    if (!this.known.has(words)) {
      const response = await fetch(`/search/suggestions?q=${encodeURIComponent(words)}`).catch(() => undefined)
      if (!response?.ok) return
      this.known.set(words, await response.text())
    }
    if (words === this.inputTarget.value.trim() && document.activeElement === this.inputTarget) this.show(this.known.get(words))
  }

  show(html) {
    this.list.innerHTML = html
    this.options = [...this.list.querySelectorAll('[role=option]')]
    this.options.forEach((option, place) => {
      option.id = `${this.list.id}-${place}`
    })
    this.choose(-1)
    this.open(this.options.length > 0)
    this.status.textContent = this.list.firstElementChild?.dataset.status ?? ''
  }

  pressed = event => {
    // While a word is being converted, the keys belong to the input method.
    if (event.isComposing || !this.options?.length) return
    const { key } = event
    const step = { ArrowDown: 1, ArrowUp: -1 }[key]
    if (step) {
      const from = this.list.hidden ? -1 : this.chosen
      this.open(true)
      this.choose(from + step)
    } else if (key === 'Enter' && !this.list.hidden && this.chosen >= 0) this.options[this.chosen].click()
    else if (key === 'Escape' && !this.list.hidden) this.close()
    else return
    event.preventDefault()
  }

  /** Past either end one is in the box again, with what one typed. */
  choose(place) {
    const count = this.options.length
    this.chosen = place >= count ? -1 : place < -1 ? count - 1 : place
    for (const [index, option] of this.options.entries()) option.setAttribute('aria-selected', String(index === this.chosen))
    const option = this.options[this.chosen]
    this.inputTarget.setAttribute('aria-activedescendant', option?.id ?? '')
    option?.scrollIntoView({ block: 'nearest' })
  }

  open(isOpen) {
    this.list.hidden = !isOpen
    this.inputTarget.ariaExpanded = String(isOpen)
  }

  close = () => {
    this.open(false)
    this.inputTarget.setAttribute('aria-activedescendant', '')
    this.status.textContent = ''
    this.chosen = -1
  }

  elsewhere = ({ target }) => {
    if (!this.element.contains(target)) this.close()
  }
}
