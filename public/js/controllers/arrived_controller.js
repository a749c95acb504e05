import { Controller } from '@hotwired/stimulus'

/** On a topic somebody opened from a search, asks whether he found what he looked for. */
export default class extends Controller {
  static targets = ['words']
  static values = { topic: String }

  connect() {
    const { topic, words } = JSON.parse(sessionStorage.getItem('looked-for') ?? '{}')
    if (topic !== this.topicValue) return
    this.wordsTarget.value = words
    this.element.hidden = false
    this.element.addEventListener('submit', () => sessionStorage.removeItem('looked-for'))
  }
}
