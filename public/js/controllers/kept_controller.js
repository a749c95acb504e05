import { Controller } from '@hotwired/stimulus'

/** Shows, without a net, what was written on this device and waits to be sent. */
export default class extends Controller {
  static targets = ['list']

  connect() {
    for (const [place, text] of Object.entries(localStorage)) {
      if (!place.startsWith('draft:')) continue
      const kept = document.createElement('blockquote')
      kept.className = 'prose'
      kept.textContent = Object.values(JSON.parse(text)).join('\n')
      this.listTarget.append(kept)
      this.listTarget.hidden = false
    }
  }
}
