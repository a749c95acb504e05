import { Controller } from '@hotwired/stimulus'

const WRITING_LASTS = 8_000
const SILENT_FOR = 70_000

const ears = new Map()
let line
let open = false
let tries = 0
let own
let at = 0
let heardAt = 0
let wroteAt = 0

/** One line for this tab, however many places of its pages follow something. */
function connect() {
  if (line || ears.size === 0 || document.hidden) return
  line = new WebSocket(`${location.origin.replace('http', 'ws')}/live`)
  at = Math.max(at, Number(document.body.dataset.event) || 0)
  line.onopen = () => {
    open = true
    say({ follow: [...ears.keys()], since: at })
    // What has no number is asked for anew.
    if (tries > 0) for (const [subject, hears] of ears) if (!subject.includes(':')) for (const hear of hears) hear({ within: 3_000 })
    tries = 0
  }
  line.onmessage = ({ data }) => hear(JSON.parse(data))
  line.onclose = () => {
    line = undefined
    open = false
    tries += 1
    setTimeout(connect, Math.min(1_000 * 2 ** tries, 60_000) * (0.5 + Math.random()))
  }
  heardAt = Date.now()
}

function hear(message) {
  heardAt = Date.now()
  at = Math.max(at, message.at ?? message.event ?? 0)
  own = message.you ?? own
  for (const ear of ears.get(message.subject) ?? []) ear(message)
}

const say = message => open && line.send(JSON.stringify(message))

// A line that died without a word, or one that rested while the page was hidden.
const look = () => (line && Date.now() - heardAt > SILENT_FOR ? line.close() : connect())
setInterval(look, 30_000)
document.addEventListener('visibilitychange', look)

/** A place of a page that asks for what is new when its subjects move: `url` answers with a Turbo stream. */
export default class extends Controller {
  static values = { subjects: String, url: String, writing: String }

  connect() {
    this.subjects = this.subjectsValue.split(' ')
    this.posts = new Set()
    for (const subject of this.subjects) ears.set(subject, (ears.get(subject) ?? new Set()).add(this.hear))
    say({ follow: this.subjects, since: Number(document.body.dataset.event) || at })
    if (this.writingValue) document.addEventListener('input', this.write)
    this.waiting = setTimeout(connect, 500)
  }

  disconnect() {
    clearTimeout(this.waiting)
    clearTimeout(this.timer)
    document.removeEventListener('input', this.write)
    for (const subject of this.subjects) {
      ears.get(subject)?.delete(this.hear)
      if (ears.get(subject)?.size > 0) continue
      ears.delete(subject)
      say({ leave: [subject] })
    }
  }

  hear = ({ name, post, who, within = 0 }) => {
    if (name === 'gone') return
    if (name === 'writing') return who !== own && this.tell()
    if (post) this.posts.add(post)
    this.timer ??= setTimeout(() => this.ask(), Math.random() * within)
  }

  async ask() {
    this.timer = undefined
    // Nobody looks: it is asked for when somebody does.
    if (document.hidden) return document.addEventListener('visibilitychange', () => this.hear({}), { once: true })
    const posts = [...this.posts].sort((a, b) => a - b).slice(0, 50)
    this.posts.clear()
    const url = posts.length > 0 ? `${this.urlValue}&posts=${posts}` : this.urlValue
    const answer = await fetch(url, { headers: { accept: 'text/vnd.turbo-stream.html' } }).catch(() => undefined)
    if (!answer || answer.status >= 500) return this.element.isConnected && this.hear({ within: 4_000 })
    if (answer.ok && this.element.isConnected) window.Turbo.renderStreamMessage(await answer.text())
  }

  write = ({ target }) => {
    if (!target.closest('#answer') || Date.now() - wroteAt < 4_000) return
    wroteAt = Date.now()
    say({ writing: this.subjects[0] })
  }

  tell() {
    const place = document.getElementById('writing')
    if (!place) return
    place.textContent = this.writingValue
    clearTimeout(this.quiet)
    this.quiet = setTimeout(() => place.replaceChildren(), WRITING_LASTS)
  }
}
