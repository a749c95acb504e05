import { Controller } from '@hotwired/stimulus'

/** Tells which result somebody opens, and remembers in this tab what he had looked for; links stay plain links. */
export default class extends Controller {
  open({ target }) {
    const topic = target.closest('a[href^="/t/"]') && target.closest('[data-topic]')?.dataset.topic
    if (!topic) return
    const words = new URLSearchParams(location.search).get('q') ?? ''
    navigator.sendBeacon('/search/clicks', new URLSearchParams({ q: words, topic }))
    sessionStorage.setItem('looked-for', JSON.stringify({ topic, words }))
  }
}
