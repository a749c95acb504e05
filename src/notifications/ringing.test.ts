import { createECDH, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eq } from 'drizzle-orm'
import ece from 'http_ece'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeAnswer, makeBoard, makeTopic } from '../../test/making.ts'
import { makeMember } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import { isPushService } from '../platform/push.ts'
import { withdrawPost } from '../topics/withdrawing.ts'
import { pushDevices } from './schema.ts'

type Push = { path: string; headers: IncomingMessage['headers']; body: Buffer }
const pushes: Push[] = []
const gone = new Set<string>()
const service = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', part => parts.push(part))
  request.on('end', () => {
    pushes.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(parts) })
    response.writeHead(gone.has(request.url ?? '') ? 410 : 201).end()
  })
})
let forum: TestApp
let helper: Actor

beforeAll(async () => {
  await new Promise<void>(resolve => service.listen(0, '127.0.0.1', resolve))
  forum = await startTestApp({ PUSH_SERVICES: '127.0.0.1', MAIL_FROM: 'hiroba@hiroba.example.jp' })
  helper = await makeMember(forum.db, { name: 'ゆうこ' })
})
afterAll(async () => {
  await forum.close()
  service.close()
})

/** A browser with keys of its own, which asks to be rung. */
async function ringable(person: Actor) {
  const keys = createECDH('prime256v1')
  const auth = randomBytes(16)
  const path = `/push/${randomBytes(6).toString('hex')}`
  const endpoint = `http://127.0.0.1:${(service.address() as AddressInfo).port}${path}`
  const browser = await forum.as(person)
  const asked = await browser.post('/me/push-devices', {
    endpoint,
    p256dh: keys.generateKeys('base64url'),
    auth: auth.toString('base64url'),
  })
  expect(asked.statusCode).toBe(303)
  const read = ({ body }: Push) =>
    JSON.parse(ece.decrypt(body, { version: 'aes128gcm', privateKey: keys, authSecret: auth.toString('base64url') }).toString())
  return { path, endpoint, browser, heard: () => pushes.filter(push => push.path === path).map(read) }
}

async function asked() {
  const asker = await makeMember(forum.db)
  return { asker, topic: await makeTopic(forum.db, asker, await makeBoard(forum.db), { title: 'ルーターの赤いランプが消えません' }) }
}

test('a browser that asked for it is rung once, with words only it can read', async () => {
  const { asker, topic } = await asked()
  const device = await ringable(asker)
  const answer = await makeAnswer(forum.db, helper, topic, '一度電源を抜いてください。')
  await forum.runJobs()
  await forum.runJobs()
  const [{ tag, ...message }, ...more] = device.heard()
  expect(more).toEqual([])
  expect(message).toEqual({
    title: 'ゆうこ さんが「ルーターの赤いランプが消えません」に回答しました',
    body: '一度電源を抜いてください。',
    url: `/posts/${answer.id}`,
  })
  expect(tag).toMatch(/^notice-\d+$/)
  const [push] = pushes.filter(({ path }) => path === device.path)
  expect(push?.headers).toMatchObject({ 'content-encoding': 'aes128gcm', ttl: '86400' })
  expect(push?.headers.authorization).toMatch(/^(vapid t=|WebPush )/)
  expect(push?.body.toString('latin1')).not.toContain('title')
})

test('what was taken back before rings nowhere; a browser that is gone is forgotten; one that asked to stop hears nothing', async () => {
  const { asker, topic } = await asked()
  const [device, lost, stopped] = [await ringable(asker), await ringable(asker), await ringable(asker)]
  const answer = await makeAnswer(forum.db, helper, topic, 'すぐ取り下げます。')
  await withdrawPost(forum.db, helper, answer)
  await forum.runJobs()
  expect(device.heard()).toEqual([])
  gone.add(lost.path)
  await stopped.browser.delete('/me/push-devices', { endpoint: stopped.endpoint })
  await makeAnswer(forum.db, helper, topic, '残る回答です。')
  await forum.runJobs()
  expect(device.heard()).toHaveLength(1)
  expect(stopped.heard()).toEqual([])
  const left = await forum.db.select().from(pushDevices).where(eq(pushDevices.accountId, asker.id))
  expect(left.map(({ endpoint }) => endpoint)).toEqual([device.endpoint])
})

test('only browsers of known push services are asked, and nobody stops those of others', async () => {
  const { asker } = await asked()
  const device = await ringable(asker)
  const other = await forum.as(await makeMember(forum.db))
  await other.delete('/me/push-devices', { endpoint: device.endpoint })
  expect(await forum.db.$count(pushDevices, eq(pushDevices.endpoint, device.endpoint))).toBe(1)
  const keys = { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) }
  for (const endpoint of [
    'http://169.254.169.254/latest/meta-data',
    'http://127.0.0.1.evil.example/x',
    'file:///etc/passwd',
    'https://u@127.0.0.1/x',
  ])
    expect((await other.post('/me/push-devices', { endpoint, ...keys })).statusCode).toBe(422)
  const real = ['fcm.googleapis.com', '*.push.apple.com']
  expect(isPushService('https://fcm.googleapis.com/fcm/send/x', real)).toBe(true)
  expect(isPushService('https://web.push.apple.com/x', real)).toBe(true)
  expect(isPushService('http://fcm.googleapis.com/fcm/send/x', real)).toBe(false)
  expect(isPushService('https://fcm.googleapis.com.evil.example/x', real)).toBe(false)
})

test('it is offered after the first answer came, and not before', async () => {
  const { asker, topic } = await asked()
  const browser = await forum.as(asker)
  expect((await browser.get('/notifications')).body).not.toContain('data-controller="push"')
  await makeAnswer(forum.db, helper, topic)
  await forum.runJobs()
  for (const path of ['/notifications', '/me/notices'])
    expect((await browser.get(path)).body).toMatch(/data-controller="push" data-push-key-value="[\w-]{80,}"/)
})

test('the site can be put on a phone: what it is called, what runs behind it, and a page without a net', async () => {
  const guest = await forum.as()
  expect((await guest.get('/manifest.webmanifest')).json()).toMatchObject({ name: 'みんなの広場', display: 'standalone', start_url: '/' })
  const worker = await guest.get('/service-worker.js')
  expect(worker.headers['content-type']).toContain('text/javascript')
  expect(worker.headers['cache-control']).toBe('no-cache')
  expect((await guest.get('/offline')).body).toContain('インターネットにつながっていません')
})
