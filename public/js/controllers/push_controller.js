import { Controller } from '@hotwired/stimulus'

/** Offers to ring this browser, and takes it back; shown only where the browser can and its owner has not said no. */
export default class extends Controller {
  static targets = ['offer', 'on', 'denied']
  static values = { key: String }

  async connect() {
    if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window)) return
    const registration = await navigator.serviceWorker.ready
    this.show((await registration.pushManager.getSubscription()) ? 'on' : Notification.permission === 'denied' ? 'denied' : 'offer')
  }

  async ask() {
    if ((await Notification.requestPermission()) !== 'granted') return this.show('denied')
    const { pushManager } = await navigator.serviceWorker.ready
    const device = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: this.keyValue }).catch(() => undefined)
    const { endpoint, keys } = device?.toJSON() ?? {}
    this.show(device && (await this.tell('POST', { endpoint, ...keys })) ? 'on' : 'denied')
  }

  async stop() {
    const { pushManager } = await navigator.serviceWorker.ready
    const device = await pushManager.getSubscription()
    if (device && (await this.tell('DELETE', { endpoint: device.endpoint }))) await device.unsubscribe()
    this.show('offer')
  }

  async tell(method, body) {
    const headers = { 'content-type': 'application/json', accept: 'text/html' }
    const answer = await fetch('/me/push-devices', { method, headers, body: JSON.stringify(body), redirect: 'manual' })
    return answer.type === 'opaqueredirect' || answer.ok
  }

  show(state) {
    for (const name of ['offer', 'on', 'denied']) for (const part of this[`${name}Targets`]) part.hidden = name !== state
    this.element.hidden = ![...this.element.querySelectorAll('[data-push-target]')].some(part => !part.hidden)
  }
}
