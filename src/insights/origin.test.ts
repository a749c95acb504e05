import { expect, test } from 'vitest'
import { originOf } from './origin.ts'

const companyAt = (host: string) => (host === 'sakuranet.example' || host.endsWith('.sakuranet.example') ? 7 : undefined)
const came = (referer: string | undefined, url = '/t/1/router') => originOf({ referer, url, host: 'hiroba.example:3000' }, companyAt)

test.each([
  ['https://hiroba.example/search?q=a', 'forum'],
  ['https://www.hiroba.example/', 'forum'],
  ['https://support.sakuranet.example/', 'company'],
  ['https://www.google.com/', 'search'],
  ['https://www.google.co.jp/', 'search'],
  ['https://search.yahoo.co.jp/', 'search'],
  ['https://t.co/', 'social'],
  ['https://l.facebook.com/', 'social'],
  ['https://notgoogle.example/', 'site'],
  ['https://notsakuranet.example/', 'site'],
  ['android-app://com.slack/', 'site'],
  ['no address at all', 'direct'],
  [undefined, 'direct'],
] as const)('a reader from %s came by %s', (referer, source) => {
  expect(came(referer).source).toBe(source)
})

test('a company is known by its own site and what lies below it', () => {
  expect(came('https://support.sakuranet.example/router')).toEqual({ source: 'company', companyId: 7 })
})

test.each([
  ['/t/1?utm_source=google&utm_medium=cpc', 'paid'],
  ['/t/1?utm_medium=Paid_Social', 'paid'],
  ['/t/1?gclid=abc', 'paid'],
  ['/t/1?utm_medium=newsletter', 'company'],
  ['/t/1?utm_medium=something', 'search'],
  ['/t/1?order=new', 'search'],
] as const)('what a campaign’s link says goes before the site it stood on: %s is %s', (url, source) => {
  expect(came('https://www.google.com/', url).source).toBe(source)
})
