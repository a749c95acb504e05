import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, startTestApp, type TestApp } from '../../test/app.ts'
import { makeCompany, makeProduct } from '../../test/companies.ts'
import { makeGuarantee, makeOfficial } from '../../test/guarantees.ts'
import { makeBoard, topicDraft, topicNow } from '../../test/making.ts'
import { makeAgent, makeMember } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import { askAbout } from '../companies/naming.ts'
import type { Product } from '../companies/product_queries.ts'
import type { CompanyRow } from '../companies/schema.ts'
import { digestOf } from './digest.ts'
import { isGenuine, listPublicKeys, openKey, type PublicKey } from './keys.ts'
import type { GuaranteeRow } from './schema.ts'

let forum: TestApp
let guest: Browser
let company: CompanyRow
let product: Product
let agent: Actor
let guarantee: GuaranteeRow

beforeAll(async () => {
  forum = await startTestApp()
  const { db } = forum
  guest = await forum.as()
  company = await makeCompany(db, { nameJa: 'サクラネット株式会社', nameEn: 'Sakuranet Inc.' })
  product = await makeProduct(db, company, { nameJa: 'AX-3200', nameEn: 'AX-3200', versionWordJa: 'ファームウェア' }, ['2.2', '2.3'])
  agent = await makeAgent(db, company)
  const board = await makeBoard(db)
  const topic = await topicNow(db, await askAbout(db, await makeMember(db), { ...topicDraft(board), products: 'AX-3200' }))
  guarantee = await makeGuarantee(db, agent, company, await makeOfficial(db, agent, company, topic), product, {
    scope: [{ productId: product.id, fromVersionId: product.versions.find(({ label }) => label === '2.3')?.id ?? 0, toVersionId: null }],
    conditions: 'Android 12以降・iOS 16以降のスマートフォン',
    evidenceUrl: 'https://sakuranet.example/manual',
  })
})
afterAll(() => forum.close())

const signed = async () => (await guest.get(`/guarantees/${guarantee.code}.json`)).json()
const publicKey = async (): Promise<PublicKey> => (await guest.get('/.well-known/hiroba-guarantee-key')).json()

test('a certificate says who vouches for what, under which conditions, until when, and shows its address as a QR code', async () => {
  const { statusCode, body } = await guest.get(`/guarantees/${guarantee.code}`)
  expect(statusCode).toBe(200)
  for (const words of [
    'サクラネット株式会社は、次の回答が正しいことを確認し、期限まで保証します。',
    `確認番号 ${guarantee.code}`,
    'ファームウェア 2.3 以降',
    'Android 12以降',
    '技術サポート部 2名',
    `${guarantee.digest.slice(0, 4)}…${guarantee.digest.slice(-4)}`,
    '保証を開始しました。',
    '<svg xmlns="http://www.w3.org/2000/svg"',
  ])
    expect(body, words).toContain(words)
  expect((await guest.get(`/guarantees/${guarantee.code.toLowerCase()}`)).headers.location).toBe(`/guarantees/${guarantee.code}`)
  expect((await guest.get(`/guarantees?code=${guarantee.code.slice(3)}`)).headers.location).toBe(`/guarantees/${guarantee.code}`)
})

test('forged, mistyped and unknown codes get a plain page that says so', async () => {
  const wrong = guarantee.code.slice(0, -1) + (guarantee.code.endsWith('3') ? '4' : '3')
  for (const path of [`/guarantees/${wrong}`, '/guarantees/HG-0000000', '/guarantees/%3Cscript%3E', `/guarantees?code=${wrong}`]) {
    const { statusCode, body } = await guest.get(path)
    expect([statusCode, body.includes('正しくありません')], path).toEqual([404, true])
  }
  expect((await guest.get(`/guarantees/${wrong}.json`)).statusCode).toBe(404)
  expect((await guest.get('/guarantees')).statusCode).toBe(200)
})

test('its JSON is signed with the site’s key, and nothing in it can be changed unnoticed', async () => {
  const [document, key] = [await signed(), await publicKey()]
  expect(key).toMatchObject({ kty: 'OKP', crv: 'Ed25519', use: 'sig' })
  expect(key).not.toHaveProperty('d')
  expect(document.certificate).toMatchObject({
    code: guarantee.code,
    state: 'given',
    inForce: true,
    company: { name: 'サクラネット株式会社', corporateNumber: company.corporateNumber },
    products: [{ name: 'AX-3200', fromVersion: '2.3', toVersion: null }],
    answer: { revision: 1, sha256: guarantee.digest },
    history: [{ number: 1, deed: 'offered', by: 'company', state: 'given' }],
  })
  expect(digestOf({ revision: 1, body: document.certificate.answer.text })).toBe(guarantee.digest)
  expect(isGenuine(document, [key])).toBe(true)
  const turned = Object.fromEntries(Object.entries(document.certificate).reverse())
  expect(isGenuine({ signature: document.signature, certificate: turned }, [key]), 'order does not matter').toBe(true)
  for (const change of [
    { certificate: { ...document.certificate, validUntil: '2099-12-31' } },
    { certificate: { ...document.certificate, extra: 1 } },
    { signature: { ...document.signature, value: document.signature.value.replace(/^./, (first: string) => (first === 'A' ? 'B' : 'A')) } },
    { signature: { ...document.signature, algorithm: 'none' } },
    { signature: undefined },
  ])
    expect(isGenuine({ ...document, ...change }, [key])).toBe(false)
  for (const nonsense of [null, [], 'x', {}, { certificate: null }]) expect(isGenuine(nonsense, [key])).toBe(false)
})

test('many processes that start at once agree on one key', async () => {
  const other = await startTestApp()
  try {
    await other.db.execute('truncate guarantee_keys')
    const keys = await Promise.all(Array.from({ length: 8 }, () => openKey(other.db)))
    expect(new Set(keys.map(({ publicKey: { kid } }) => kid)).size).toBe(1)
    expect(await listPublicKeys(other.db)).toHaveLength(1)
    expect(isGenuine(await signed(), await listPublicKeys(other.db)), 'another site’s key').toBe(false)
  } finally {
    await other.close()
  }
})

test('hiroba guarantee verify tells the genuine from the forged', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hiroba-verify-'))
  try {
    const [document, key] = [await signed(), await publicKey()]
    writeFileSync(join(folder, 'key.json'), JSON.stringify(key))
    writeFileSync(join(folder, 'good.json'), JSON.stringify(document, null, 4))
    writeFileSync(join(folder, 'bad.json'), JSON.stringify({ ...document, certificate: { ...document.certificate, state: 'recalled' } }))
    const verify = (file: string) =>
      promisify(execFile)(process.execPath, ['src/cli.ts', 'guarantee', 'verify', join(folder, file), '--key', join(folder, 'key.json')])
    expect((await verify('good.json')).stdout).toContain(`genuine: ${guarantee.code}, given`)
    await expect(verify('bad.json')).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('NOT GENUINE') })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a file of evidence is kept as what it is, handed out to be kept, and nothing else is taken', async () => {
  const browser = await forum.as(agent)
  const path = `/c/${company.slug}/manage/guarantees/${guarantee.code}/evidence`
  const send = (content: string | Buffer, client = browser) => {
    const head =
      '--x\r\ncontent-disposition: form-data; name="name"\r\n\r\n検査の記録\r\n--x\r\ncontent-disposition: form-data; name="evidence"; filename="a.pdf"\r\ncontent-type: application/pdf\r\n\r\n'
    const payload = Buffer.concat([Buffer.from(head), Buffer.from(content), Buffer.from('\r\n--x--\r\n')])
    return client.send({ method: 'POST', url: path, headers: { 'content-type': 'multipart/form-data; boundary=x' }, payload })
  }
  expect((await send('<html><script>alert(1)</script>')).statusCode).toBe(422)
  expect((await send('')).statusCode).toBe(422)
  expect((await send('%PDF-1.4 x', await forum.as(await makeAgent(forum.db, await makeCompany(forum.db))))).statusCode).toBe(404)
  expect((await guest.get(`/guarantees/${guarantee.code}/evidence`)).statusCode).toBe(404)
  expect((await send('%PDF-1.4 the record')).statusCode).toBe(303)
  const { headers, body } = await guest.get(`/guarantees/${guarantee.code}/evidence`)
  expect(body).toBe('%PDF-1.4 the record')
  expect(headers).toMatchObject({
    'content-type': 'application/pdf',
    'content-disposition': expect.stringMatching(/^attachment/),
    'x-content-type-options': 'nosniff',
  })
  await new Promise(resolve => setTimeout(resolve, 150))
  expect((await guest.get(`/guarantees/${guarantee.code}`)).body).toContain('検査の記録')
})
