import { Controller } from '@hotwired/stimulus'

/** A board takes some kinds of topic: the others are not offered once it is chosen. */
export default class extends Controller {
  static targets = ['board', 'kind']

  connect() {
    this.choose()
  }

  choose() {
    const taken = this.boardTarget.selectedOptions[0]?.dataset.kinds?.split(' ')
    for (const kind of this.kindTargets) kind.closest('label').hidden = taken ? !taken.includes(kind.value) : false
    const offered = this.kindTargets.filter(kind => !kind.closest('label').hidden)
    if (!offered.some(kind => kind.checked)) offered[0].checked = true
  }
}
