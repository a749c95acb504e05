import swagger from '@fastify/swagger'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { presentOperations } from '../present_openapi.ts'

const VERSION = '1'

/** What machines may ask, as OpenAPI, made from the very shapes the doors check; and a page that reads it to people. Mount it before those doors. */
export async function openapiRoutes(app: App, services: Services): Promise<void> {
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Hiroba', version: VERSION } },
    hideUntagged: true,
  })
  const document = () => ({ ...app.swagger(), servers: [{ url: services.siteUrl }] })

  app.get('/api/v1/openapi.json', { config: { access: 'everyone' } }, (_, reply) =>
    reply.header('cache-control', 'public, max-age=3600').header('access-control-allow-origin', '*').send(document()),
  )

  app.get('/api/docs', { config: { access: 'everyone', cached: true } }, ({ t }, reply) =>
    reply.keep(['help']).page('api/docs', {
      title: t('api.title'),
      description: t('api.lead'),
      canonical: '/api/docs',
      operations: presentOperations(document(), t),
    }),
  )
}
