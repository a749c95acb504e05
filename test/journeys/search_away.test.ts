import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeInBrowser } from '../browser.ts'
import { makeAnswer, makeBoard, makeTopic } from '../making.ts'
import { KEY, type MeiliDouble, startMeiliDouble } from '../meilisearch/server.ts'
import { makeMember } from '../people.ts'
import { type Forum, soon, startForum } from './forum.ts'

describeInBrowser('Searching while the search engine is away', newPage => {
  let server: MeiliDouble
  let forum: Forum

  beforeAll(async () => {
    server = await startMeiliDouble()
    forum = await startForum({ MEILI_URL: server.url, MEILI_KEY: KEY })
    const { db } = forum
    const asker = await makeMember(db)
    const topic = await makeTopic(db, asker, await makeBoard(db), { title: '無線LANの中継機を置く場所' })
    await makeAnswer(db, await makeMember(db), topic, '廊下の中ほどに置くと届きます。')
  }, 60_000)
  afterAll(async () => {
    await forum.close()
    await server.down()
  })

  test.each([
    ['ja', true],
    ['en', false],
  ] as const)('a reader finds the same, and a new question is found as well (%s, JavaScript: %s)', async (locale, javaScript) => {
    const page = await newPage({ site: forum.site, locale, javaScript })
    const find = async (words: string) => {
      await page.goto(`/search?q=${encodeURIComponent(words)}`)
      return page.getByRole('link', { name: '無線LANの中継機を置く場所' }).first().isVisible()
    }
    await soon(async () => expect(await find('中継機')).toBe(true))
    await soon(async () => expect(forum.services.searchState()).toEqual({ answers: 'meilisearch' }))
    server.mood('silent')
    for (let times = 0; times < 4; times++) expect(await find('中継機')).toBe(true)
    expect(forum.services.searchState()).toEqual({ answers: 'postgres', away: 'meilisearch' })
    const word = `kamishibai${locale}`
    const title = `${word}の紙が詰まる`
    await makeTopic(forum.db, await makeMember(forum.db), await makeBoard(forum.db), { title })
    await soon(async () => {
      await page.goto(`/search?q=${word}`)
      expect(await page.getByRole('link', { name: title }).first().isVisible()).toBe(true)
    })
    server.mood('well')
    await soon(async () => expect(forum.services.searchState()).toEqual({ answers: 'meilisearch' }))
    expect(await find('中継機')).toBe(true)
  })
})
