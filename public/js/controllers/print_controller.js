import { Controller } from '@hotwired/stimulus'

/** Prints the page. */
export default class extends Controller {
  print() {
    window.print()
  }
}
