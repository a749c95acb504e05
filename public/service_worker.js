// Runs behind all pages of the site: shows a page where there is no net, and what a push says.
const OFFLINE = '/offline'
const CACHE = 'offline-1'

self.addEventListener('install', event => event.waitUntil(keepOffline().then(() => self.skipWaiting())))
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()))

/** The page for a place without a net, with what it is made of. */
async function keepOffline() {
  const page = await fetch(OFFLINE, { credentials: 'omit' })
  const html = await page.clone().text()
  const parts = [...new Set([...html.matchAll(/\/assets\/[\w.-]+/g)].map(([path]) => path))]
  const cache = await caches.open(CACHE)
  await cache.put(OFFLINE, page)
  await Promise.all(parts.map(path => cache.add(path).catch(() => {})))
}

self.addEventListener('fetch', event => {
  const { request } = event
  if (request.mode === 'navigate') event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)))
  else if (new URL(request.url).pathname.startsWith('/assets/'))
    event.respondWith(fetch(request).catch(async error => (await caches.match(request)) ?? Promise.reject(error)))
})

self.addEventListener('push', event => {
  const { title, body, url, tag } = event.data.json()
  event.waitUntil(self.registration.showNotification(title, { body, tag, data: { url } }))
})

self.addEventListener('notificationclick', event => {
  event.notification.close()
  event.waitUntil(open(event.notification.data.url))
})

async function open(path) {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const [shown] = windows
  if (!shown) return self.clients.openWindow(path)
  await shown.focus()
  return shown.navigate(path)
}
