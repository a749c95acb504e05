import type { FastifyReply, FastifyRequest } from 'fastify'
import { Invalid, Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, sentences, showAgain } from '../../platform/web_errors.ts'
import { receiveFile } from '../../platform/web_files.ts'
import { storedAt } from '../paths.ts'
import { keepPicture } from '../pictures.ts'
import { presentPicture } from '../present.ts'
import { findOwnPicture } from '../queries.ts'

/** Pictures: taken in, and handed out. */
export async function pictureRoutes(app: App, { db, storage }: Services): Promise<void> {
  app.get('/pictures', { config: { access: 'members' } }, (request, reply) => showForm(request, reply))

  app.post(
    '/pictures',
    {
      config: { access: 'members' },
      errorHandler: (error, request, reply) => (saysWhy(error, request, reply) ? undefined : showAgain(showForm)(error, request, reply)),
    },
    async (request, reply) => {
      const { file, fields } = await receiveFile(request)
      const picture = await keepPicture({ db, storage }, request.actor, file, fields.alt)
      if (wantsJson(request)) return reply.code(201).send(presentPicture(picture))
      return reply.see(`/pictures/${picture.key}`)
    },
  )

  app.get<{ Params: { key: string } }>('/pictures/:key', { config: { access: 'members' } }, async ({ actor, params, t }, reply) => {
    const picture = await findOwnPicture(db, actor, params.key)
    return reply.page('me/picture', { title: t('pictures.done'), noIndex: true, picture: presentPicture(picture) })
  })

  // Only what we encoded ourselves is ever handed out, and even that may run nothing.
  app.get<{ Params: { name: string } }>('/media/:name', { config: { access: 'everyone' } }, async ({ params }, reply) => {
    const place = storedAt(params.name)
    if (!place) throw new Missing()
    const bytes = await storage.getBytes(place).catch(missingFile)
    return reply
      .headers({ 'content-type': 'image/webp', 'content-disposition': 'inline', 'cache-control': 'public, max-age=31536000, immutable' })
      .headers({ 'content-security-policy': "default-src 'none'; sandbox", 'x-content-type-options': 'nosniff' })
      .send(Buffer.from(bytes))
  })
}

const wantsJson = ({ headers }: FastifyRequest) => headers.accept?.startsWith('application/json') ?? false

/** The page's script shows one sentence: the one at the picture, not the general one. */
function saysWhy(error: Error, request: FastifyRequest, reply: FastifyReply): boolean {
  if (!(error instanceof Invalid) || !wantsJson(request)) return false
  const [message] = Object.values(sentences(request.t, error.fields))
  reply.code(422).header('cache-control', 'no-store').send({ error: 'errors.invalid', message })
  return true
}

function showForm(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): FastifyReply {
  return reply.page('me/picture_form', { title: request.t('pictures.title'), noIndex: true, ...form })
}

function missingFile(error: Error & { cause?: { code?: string; name?: string } }): never {
  if (error.cause?.code === 'ENOENT' || error.cause?.name === 'NoSuchKey') throw new Missing()
  throw error
}
