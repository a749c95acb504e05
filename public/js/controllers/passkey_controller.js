import { Controller } from '@hotwired/stimulus'

/** Makes and uses passkeys: asks the browser, puts its answer into the form and sends it. */
export default class extends Controller {
  static targets = ['answer', 'error']
  static values = { options: Object, failed: String }

  make() {
    if (!this.element.reportValidity()) return
    this.ask(() => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(this.optionsValue) }))
  }

  use() {
    this.ask(() => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(this.optionsValue) }))
  }

  async ask(browser) {
    this.errorTarget.hidden = true
    try {
      this.answerTarget.value = JSON.stringify((await browser()).toJSON())
      this.element.requestSubmit()
    } catch {
      this.errorTarget.textContent = this.failedValue
      this.errorTarget.hidden = false
    }
  }
}
