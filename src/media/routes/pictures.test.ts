import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import { eq, sql } from 'drizzle-orm'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Browser, startTestApp, type TestApp } from '../../../test/app.ts'
import { makeMember, makeSuspended } from '../../../test/people.ts'
import type { Actor } from '../../accounts/actor.ts'
import { accounts } from '../../accounts/schema.ts'
import { keepPicture } from '../pictures.ts'
import { pictures } from '../schema.ts'

let forum: TestApp
let member: Actor
let own: Browser

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())
beforeEach(async () => {
  await forum.db.execute(sql`truncate accounts, throttles cascade`)
  member = await makeMember(forum.db, { level: 1 })
  own = await forum.as(member)
})

const plain = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#3366aa' } })

/** A multipart form with one file, as a browser sends it. */
function upload(
  browser: Browser,
  url: string,
  file: Buffer,
  { name = 'photo.jpg', type = 'image/jpeg', accept = 'application/json', alt = '' } = {},
) {
  const line = '-----boundary'
  const field = alt ? `--${line}\r\ncontent-disposition: form-data; name="alt"\r\n\r\n${alt}\r\n` : ''
  const head = `${field}--${line}\r\ncontent-disposition: form-data; name="picture"; filename="${name}"\r\ncontent-type: ${type}\r\n\r\n`
  const payload = Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${line}--\r\n`)])
  return browser.send({ method: 'POST', url, headers: { accept, 'content-type': `multipart/form-data; boundary=${line}` }, payload })
}

const send = (file: Buffer, options?: Parameters<typeof upload>[3]) => upload(own, '/pictures', file, options)
const served = async (path: string) => sharp((await own.get(path)).rawPayload).metadata()

/** Names of all files in the store. */
function stored(): string[] {
  const folder = join(forum.services.config.DATA_DIR, 'files')
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(({ name }) => name)
    : []
}

describe('a picture', () => {
  test('comes back as the Markdown to insert, and is served in the widths of screens', async () => {
    const answer = await send(await plain(2000, 1000).jpeg().toBuffer(), { alt: 'ルーター [裏] の\\ランプ' })
    expect(answer.statusCode).toBe(201)
    const [row] = await forum.db.select().from(pictures)
    expect(row).toMatchObject({ accountId: member.id, width: 1600, height: 800, widths: [480, 960, 1600] })
    expect(answer.json().markdown).toBe(`![ルーター  裏  の ランプ](/media/${row?.key}-960.webp#960x480)`)
    for (const width of [480, 960, 1600])
      expect(await served(`/media/${row?.key}-${width}.webp`)).toMatchObject({ format: 'webp', width, height: width / 2 })
  })

  test.each([
    [300, 200, [300]],
    [480, 480, [480]],
    [700, 100, [480, 700]],
    [1600, 10, [480, 960, 1600]],
    [1, 1, [1]],
  ])('is never enlarged: %i × %i', async (width, height, widths) => {
    expect((await send(await plain(width, height).png().toBuffer())).statusCode).toBe(201)
    expect((await forum.db.select().from(pictures))[0]?.widths).toEqual(widths)
  })

  test('that is very tall gets narrower than its column, and its rows and files agree', async () => {
    await send(await plain(1000, 40_000).png().toBuffer())
    const [row] = await forum.db.select().from(pictures)
    for (const width of row?.widths ?? []) expect((await served(`/media/${row?.key}-${width}.webp`)).width).toBe(width)
    expect(row?.height).toBeLessThanOrEqual(8000)
  })

  test('stands upright, and where and with what it was taken is gone', async () => {
    const turned = await plain(800, 400)
      .withExif({ IFD0: { Make: 'SecretCam', Copyright: '個人名' }, IFD3: { GPSLatitude: '35/1 40/1 0/1' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer()
    const { path } = (await send(turned)).json()
    const file = (await own.get(path)).rawPayload
    expect(await sharp(file).metadata()).toMatchObject({ width: 400, height: 800 })
    expect((await sharp(file).metadata()).exif).toBeUndefined()
    expect(file.toString('latin1')).not.toMatch(/SecretCam|Exif|GPS|XMP/)
  })

  test.each(['png', 'webp', 'gif', 'avif'] as const)('may be %s, whatever its name says', async format => {
    expect((await send(await plain(40, 40).toFormat(format).toBuffer(), { name: 'x.html', type: 'text/html' })).statusCode).toBe(201)
  })

  test('that moves stands still', async () => {
    const frames = await sharp([await plain(20, 20).png().toBuffer(), await plain(20, 20).negate().png().toBuffer()], {
      join: { animated: true },
    })
      .gif()
      .toBuffer()
    expect((await sharp(frames).metadata()).pages).toBe(2)
    const { path } = (await send(frames)).json()
    expect((await served(path)).pages ?? 1).toBe(1)
  })
})

describe('what is no picture', () => {
  const png = () => plain(40, 40).png().toBuffer()
  const refused: [string, () => Promise<Buffer> | Buffer][] = [
    ['an SVG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    [
      'an SVG behind an XML head',
      () => Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'),
    ],
    ['HTML', () => Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['a PDF', () => Buffer.from('%PDF-1.7\n1 0 obj<<>>endobj')],
    ['a TIFF', () => plain(20, 20).tiff().toBuffer()],
    ['a program', () => Buffer.from('MZ\x90\0')],
    ['a head and nothing behind it', async () => (await png()).subarray(0, 33)],
    ['half a JPEG', async () => (await plain(400, 400).jpeg().toBuffer()).subarray(0, 700)],
    [
      'a JPEG head before HTML',
      () => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from('<script>alert(1)</script>'.repeat(50))]),
    ],
    ['nothing', () => Buffer.alloc(0)],
  ]
  test.each(refused)('%s is refused with a sentence, and nothing stays', async (_, make) => {
    const before = stored()
    const answer = await send(await make())
    expect(answer.statusCode).toBe(422)
    expect(answer.json().message).toMatch(/画像/)
    expect([await forum.db.$count(pictures), stored()]).toEqual([0, before])
  })

  test('a picture with a page or a script behind its end is served without it', async () => {
    for (const tail of ['<script>alert(1)</script>', '<?php system($_GET[0]) ?>', 'PK\x03\x04 zip']) {
      const { path } = (await send(Buffer.concat([await png(), Buffer.from(tail)]))).json()
      expect((await own.get(path)).rawPayload.toString('latin1')).not.toContain(tail)
    }
  })

  test('a bomb is refused by its head, before it is unpacked', async () => {
    const started = process.memoryUsage().rss
    const bomb = pngOf(50_000, 50_000)
    expect(bomb.length).toBeLessThan(100_000)
    const answer = await send(bomb)
    expect([answer.statusCode, answer.json().message]).toEqual([422, '画像が大きすぎます。縦横の大きさを小さくしてください。'])
    expect(process.memoryUsage().rss - started).toBeLessThan(150_000_000)
  })

  test('a file over 12 MB is refused', async () => {
    expect((await send(Buffer.alloc(12_100_000, 1))).statusCode).toBe(413)
    expect(await forum.db.$count(pictures)).toBe(0)
  })

  test('a form without a file says so at the field, without JavaScript too', async () => {
    const page = await own.send({
      method: 'POST',
      url: '/pictures',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'alt=x',
    })
    expect([page.statusCode, page.body.includes('id="picture-error"')]).toEqual([422, true])
  })
})

describe('handing out', () => {
  test('says the type, forbids everything else, and may be kept for ever', async () => {
    const { path } = (await send(await plain(40, 40).png().toBuffer())).json()
    const guest = await forum.as()
    const { headers, statusCode } = await guest.get(path)
    expect([statusCode, headers]).toMatchObject([
      200,
      {
        'content-type': 'image/webp',
        'content-disposition': 'inline',
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      },
    ])
    expect(headers['content-security-policy']).toBe("default-src 'none'; sandbox")
    expect(headers['set-cookie']).toBeUndefined()
  })

  test.each([
    'x',
    'x.webp',
    '..%2f..%2fpostgres',
    '%2e%2e/%2e%2e/etc/passwd',
    `${'a'.repeat(22)}-480.webp`,
    `${'a'.repeat(22)}-480.svg`,
    'avatar-1-aaaaaaaaaaaaaaaa.webp',
    'avatar-1-../../../../etc.webp',
    '%00',
  ])('a name that is none of ours is not there: %s', async name => {
    expect((await own.get(`/media/${name}`)).statusCode).toBe(404)
  })

  test('of a foreign picture’s line is for its owner alone', async () => {
    await send(await plain(40, 40).png().toBuffer())
    const [row] = await forum.db.select().from(pictures)
    expect((await own.get(`/pictures/${row?.key}`)).body).toContain(`![](/media/${row?.key}-40.webp#40x40)`)
    expect((await (await forum.as(await makeMember(forum.db))).get(`/pictures/${row?.key}`)).statusCode).toBe(404)
  })
})

describe('when the store fails', () => {
  const full = (after: number) => {
    let puts = 0
    const { storage } = forum.services
    const put = storage.put.bind(storage)
    return {
      ...storage,
      put: async (...args: Parameters<typeof storage.put>) => {
        puts += 1
        // Like a disk that fills up while it is written: part of the file lies there.
        await put(args[0], puts > after ? 'part' : args[1])
        if (puts > after)
          throw Object.assign(new Error('cannot write', { cause: Object.assign(new Error('no space'), { code: 'ENOSPC' }) }))
      },
      delete: (key: string) => storage.delete(key),
    } as typeof storage
  }

  test.each([0, 1, 2])('a disk that fills up after %i files leaves no row and no part of a file', async after => {
    const before = stored()
    const file = await plain(2000, 1000).jpeg().toBuffer()
    await expect(keepPicture({ db: forum.db, storage: full(after) }, member, file)).rejects.toMatchObject({ name: 'NoRoom' })
    expect([await forum.db.$count(pictures), stored()]).toEqual([0, before])
  })

  test('the answer is 507 with a sentence', async () => {
    const { storage } = forum.services
    const { put } = storage
    storage.put = full(0).put
    try {
      const answer = await send(await plain(40, 40).png().toBuffer())
      expect([answer.statusCode, answer.json().message]).toEqual([507, 'いまは画像を保存できません'])
    } finally {
      storage.put = put
    }
  })

  test('a row that is refused leaves no file', async () => {
    const before = stored()
    await expect(keepPicture(forum.services, { ...member, id: 999_999 }, await plain(40, 40).png().toBuffer())).rejects.toThrow()
    expect(stored()).toEqual(before)
  })
})

describe('who may', () => {
  test('guests are asked to log in, who may not write is refused', async () => {
    const file = await plain(40, 40).png().toBuffer()
    expect((await upload(await forum.as(), '/pictures', file)).statusCode).toBe(401)
    expect((await upload(await forum.as(await makeSuspended(forum.db)), '/pictures', file)).statusCode).toBe(403)
    expect((await upload(await forum.as(await makeMember(forum.db, { confirmedAt: null })), '/pictures', file)).statusCode).toBe(403)
  })

  test('forty pictures in ten minutes, then a pause', async () => {
    const file = await plain(4, 4).png().toBuffer()
    await forum.db.execute(
      sql`insert into throttles (key, window_start, tries) values (${`pictures:${member.id}`}, to_timestamp(floor(extract(epoch from now()) / 600) * 600), 40)`,
    )
    expect((await send(file)).statusCode).toBe(429)
  })

  test('newcomers send ten pictures on a day; what was no picture does not count', async () => {
    const newcomer = await forum.as(await makeMember(forum.db))
    const file = await plain(4, 4).png().toBuffer()
    expect((await upload(newcomer, '/pictures', Buffer.from('no picture'))).statusCode).toBe(422)
    for (let n = 0; n < 10; n++) expect((await upload(newcomer, '/pictures', file)).statusCode).toBe(201)
    expect((await upload(newcomer, '/pictures', file)).statusCode).toBe(429)
  })

  test('twenty at once come through, two at a time', async () => {
    const file = await plain(1200, 800).jpeg().toBuffer()
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(file)))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(20).fill(201))
  })
})

describe('an avatar', () => {
  test('is cut to a square of 256, takes the place of the old one, and goes again', async () => {
    const before = stored()
    await upload(own, '/me/avatar', await plain(900, 300).jpeg().toBuffer(), { accept: 'text/html' })
    const key = async () => (await forum.db.select().from(accounts).where(eq(accounts.id, member.id)))[0]?.avatarKey
    const first = await key()
    expect(await served(`/media/${first}`)).toMatchObject({ format: 'webp', width: 256, height: 256 })
    await upload(own, '/me/avatar', await plain(20, 20).png().toBuffer(), { accept: 'text/html' })
    expect([(await own.get(`/media/${first}`)).statusCode, (await own.get(`/media/${await key()}`)).statusCode]).toEqual([404, 200])
    await own.post('/me/avatar?_method=DELETE')
    expect([await key(), stored()]).toEqual([null, before])
  })

  test('that is no picture is said at its field', async () => {
    const page = await upload(own, '/me/avatar', Buffer.from('<svg/>'), { accept: 'text/html' })
    expect([page.statusCode, page.body.includes('id="picture-error"')]).toEqual([422, true])
  })

  test('goes from the store with the member who leaves', async () => {
    const leaving = await makeMember(forum.db, { password: 'green tea at noon' })
    const browser = await forum.as(leaving)
    const before = stored()
    await upload(browser, '/me/avatar', await plain(20, 20).png().toBuffer(), { accept: 'text/html' })
    expect(stored()).toHaveLength(before.length + 1)
    await browser.post('/me/close', { current: 'green tea at noon' })
    await forum.runJobs()
    expect(stored()).toEqual(before)
  })
})

/** A PNG that claims a size and packs empty lines: small as a file, huge as a picture. */
function pngOf(width: number, height: number): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 0, 0, 0, 0], 8)
  const chunks = [chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.alloc(20_000_000))), chunk('IEND', Buffer.alloc(0))]
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...chunks])
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}
