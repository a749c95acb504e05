import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeBoard, makeTopic } from '../../test/making.ts'
import { makeMember } from '../../test/people.ts'
import { draftPath, postPath, slug, topicPath } from './paths.ts'

let forum: TestApp

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())

test('an address holds the beginning of the title, in any script, and nothing that means something else', () => {
  expect(decodeURIComponent(slug('【至急】 Wi-Fiが切れる?!'))).toBe('至急-wi-fiが切れる')
  expect(slug('!!!')).toBe('topic')
  expect(slug('a/b?c#d&e=f%20')).toBe('a-b-c-d-e-f-20')
  expect(decodeURIComponent(slug('あ'.repeat(100)))).toBe('あ'.repeat(40))
  expect(slug('👍'.repeat(50))).toBe('topic')
  expect(postPath({ id: 7, title: 'x' }, { id: 9 })).toBe('/t/7/x?at=9#post-9')
})

test('a topic is read at its own address, whatever its title is called', async () => {
  const { db } = forum
  const member = await makeMember(db)
  const board = await makeBoard(db)
  const pages = forum.app.doors.filter(door => door.url.startsWith('/t/:id/') && !door.url.endsWith(':slug'))
  const names = new Set(pages.map(door => door.url.slice('/t/:id/'.length)))
  expect(names.size).toBeGreaterThan(2)
  const browser = await forum.as(member)
  for (const name of names) {
    const topic = await makeTopic(db, member, board, { title: `${name}!!!`.padEnd(6, '!') })
    const { statusCode, body } = await browser.get(topicPath(topic))
    expect(statusCode, name).toBe(200)
    expect(body, name).toContain(`<h1>${topic.title}</h1>`)
  }
})

test('a topic is found by its number, with an old title, no title or a strange one', async () => {
  const { db } = forum
  const topic = await makeTopic(db, await makeMember(db), await makeBoard(db))
  const guest = await forum.as()
  for (const path of [
    `/t/${topic.id}`,
    `/t/${topic.id}/`,
    `/t/${topic.id}/old-title`,
    `/t/${topic.id}/%E3%81%82`,
    `/t/${topic.id}/%F0%9F%91%8D`,
  ])
    expect((await guest.get(path)).statusCode, path).toBe(200)
  for (const path of ['/t/0', '/t/-1', '/t/x', '/t/1.5', '/t/99999999999999999999', '/t/999999', `/t/${topic.id}/a/b`])
    expect((await guest.get(path)).statusCode, path).toBe(404)
})

test('a draft is gone on with where it was begun', () => {
  expect(['ask', 'answer:4', 'addendum:4', 'comment:9', 'edit:9'].map(draftPath)).toEqual([
    '/ask',
    '/t/4#answer',
    '/t/4/addenda',
    '/posts/9/comments',
    '/posts/9/edit',
  ])
})
