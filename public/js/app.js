import { Application } from '@hotwired/stimulus'
import '@hotwired/turbo'

const application = Application.start()
const loading = new Set()

/** Loads the behaviours this page names, and no others: a page pays for what it shows. */
function loadControllers(root) {
  for (const element of root.querySelectorAll('[data-controller]'))
    for (const name of element.dataset.controller.split(' ').filter(name => !loading.has(name))) {
      loading.add(name)
      import(`controllers/${name}_controller`).then(module => application.register(name, module.default))
    }
}

loadControllers(document)
new MutationObserver(changes => {
  for (const { addedNodes } of changes)
    for (const node of addedNodes) if (node.nodeType === 1 && node.parentElement) loadControllers(node.parentElement)
}).observe(document.documentElement, { childList: true, subtree: true })

// Guests read and go; for members the site is there without a net too, and can ring.
if (document.body?.dataset.offline) navigator.serviceWorker?.register('/service-worker.js').catch(() => {})
