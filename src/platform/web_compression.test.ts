import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import fastify from 'fastify'
import { afterAll, expect, test } from 'vitest'
import { compressAnswers, encodingFor } from './web_compression.ts'

const text = '質問と回答の広場です。\n'.repeat(20_000)
const app = fastify()
compressAnswers(app)
app.get('/short', (_, reply) => reply.type('text/html').send('短い'))
app.get('/picture', (_, reply) => reply.type('image/webp').send(Buffer.alloc(5000)))
app.get('/:letters', ({ params }, reply) =>
  reply
    .type('text/html')
    .header('vary', 'Cookie')
    .send(text.slice(0, Number((params as { letters: string }).letters))),
)
afterAll(() => app.close())

const encodings = { br: brotliDecompressSync, zstd: zstdDecompressSync, gzip: gunzipSync }

test.each(Object.entries(encodings))('a text comes whole in %s, whatever its length', async (name, open) => {
  for (const letters of [1400, 60_000, 200_000]) {
    const { headers, rawPayload } = await app.inject({ url: `/${letters}`, headers: { 'accept-encoding': name } })
    expect(headers).toMatchObject({ 'content-encoding': name, vary: 'Cookie, Accept-Encoding' })
    expect(Number(headers['content-length'])).toBe(rawPayload.length)
    expect(open(rawPayload).toString()).toBe(text.slice(0, letters))
  }
})

test('what is short, no text, or not asked for compressed stays as it is', async () => {
  for (const url of ['/short', '/picture'])
    expect((await app.inject({ url, headers: { 'accept-encoding': 'br' } })).headers['content-encoding']).toBeUndefined()
  const plain = await app.inject({ url: '/2000' })
  expect(plain.body).toBe(text.slice(0, 2000))
  expect(plain.headers.vary).toBe('Cookie, Accept-Encoding')
})

test.each([
  ['gzip, deflate, br, zstd', 'zstd'],
  ['gzip, deflate, br', 'br'],
  ['gzip, deflate, br;q=0', 'gzip'],
  ['gzip;q=0.0, zstd; q=0', 'identity'],
  ['deflate', 'identity'],
  ['br;q=0.5', 'br'],
  ['', 'identity'],
] as const)('for «%s» the encoding is %s', (header, encoding) => {
  expect(encodingFor({ headers: { 'accept-encoding': header } })).toBe(encoding)
})
