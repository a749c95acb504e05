import Fastify from 'fastify'

/** The ceiling: a bare Fastify server that answers every address with the bytes it was told last. */
type Told = { body: string; headers: Record<string, string> }

const app = Fastify()
let body = Buffer.alloc(0)
let headers: Told['headers'] = {}
app.get('*', (_request, reply) => reply.headers(headers).send(body))
process.on('message', (told: Told) => {
  body = Buffer.from(told.body, 'base64')
  headers = told.headers
  process.send?.({ told: true })
})
process.on('disconnect', () => process.exit(0))
process.send?.({ address: await app.listen({ port: 0, host: '127.0.0.1' }) })
