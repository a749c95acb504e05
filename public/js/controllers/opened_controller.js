import { Controller } from '@hotwired/stimulus'

/** Tells which result somebody opens, and remembers in this tab what he had looked for; links stay plain links. */
export default class extends Controller {
  static values = { words: String }

  open({ target }) {
    const topic = target.closest('a[href^="/t/"]') && target.closest('[data-topic]')?.dataset.topic
    if (!topic) return
    navigator.sendBeacon('/search/clicks', new URLSearchParams({ q: this.wordsValue, topic }))
    sessionStorage.setItem('looked-for', JSON.stringify({ topic, words: this.wordsValue }))
  }
}
