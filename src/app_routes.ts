import { readFileSync } from 'node:fs'
import type { Services } from './platform/services.ts'
import type { App } from './platform/web.ts'

const SERVICE_WORKER = readFileSync(new URL('../public/service_worker.js', import.meta.url), 'utf8')

/** The site as an app on a phone: what it is called, what runs behind its pages, and what is shown without a net. */
export async function appRoutes(app: App, _: Services): Promise<void> {
  const options = { config: { access: 'everyone' } } as const

  app.get('/manifest.webmanifest', options, (_, reply) => reply.type('application/manifest+json').fragment('app/manifest', {}))

  app.get('/service-worker.js', options, (_, reply) =>
    reply.type('text/javascript; charset=utf-8').header('cache-control', 'no-cache').send(SERVICE_WORKER),
  )

  app.get('/offline', options, ({ t }, reply) => reply.page('app/offline', { title: t('offline.title'), noIndex: true }))
}
