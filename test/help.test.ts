import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HELP_PAGES } from '../src/help_routes.ts'
import { startTestApp, type TestApp } from './app.ts'

let forum: TestApp

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())

const addressOf = (page: string) => (page === 'index' ? '/help' : `/help/${page}`)
const open = async (path: string, locale: string) => (await forum.as()).get(path, { 'accept-language': locale })

test('every help page is there in Japanese and in English, and no text lies beside them unused', () => {
  for (const locale of ['ja', 'en']) {
    const files = readdirSync(new URL(`../views/help/${locale}`, import.meta.url))
    expect(files.sort()).toEqual(HELP_PAGES.map(page => `${page}.md`).sort())
  }
})

test.each(HELP_PAGES)('the help on %s is read by guests, in their language, with headings in order', async page => {
  for (const locale of ['ja', 'en']) {
    const { statusCode, body } = await open(addressOf(page), locale)
    expect(statusCode).toBe(200)
    expect(body).toContain(`<html lang="${locale}"`)
    const main = /<main[\s\S]*<\/main>/.exec(body)?.[0] ?? ''
    expect(main.match(/<h1>/g)).toHaveLength(1)
    expect(main).toMatch(/<h2>/)
    expect(main).not.toMatch(/<h[4-6]>/)
    expect(/[\u3041-\u30ff]/.test(main)).toBe(locale === 'ja')
  }
})

test('every address that the help names leads somewhere', async () => {
  const links = new Set<string>()
  for (const page of HELP_PAGES)
    for (const locale of ['ja', 'en'])
      for (const [, path = ''] of (await open(addressOf(page), locale)).body
        .matchAll(/<div class="help prose">[\s\S]*<\/div>/g)
        .flatMap(([text]) => text.matchAll(/href="(\/[^"]*)"/g)))
        links.add(path)
  expect(links.size).toBeGreaterThan(10)
  for (const path of links) expect([200, 303], path).toContain((await open(path, 'ja')).statusCode)
})

test('a help page that does not exist is a 404', async () => {
  expect((await open('/help/nothing', 'ja')).statusCode).toBe(404)
  expect((await open('/help/index', 'ja')).statusCode).toBe(404)
})
