import { expect, test } from 'vitest'
import { emailProblem, handleProblem, nameProblem, normalName } from './names.ts'
import { hashPassword, passwordMatches, passwordProblem } from './passwords.ts'
import { sameSitePath } from './same_site_path.ts'

const person = { handle: 'hanako_67', email: 'hanako.sato@example.jp' }
const problem = (password: string) => {
  const found = passwordProblem(password, person)
  return typeof found === 'object' ? found.key : found
}

test.each([
  'green tea at noon',
  '猫は縁側で昼寝をする',
  'きょうはいいてんきだ',
  'correct horse battery',
  'vB7$kk02-qQx',
  '🍵🍡🌸🐈🎐🎋🍁⛄🗻🏮',
])('a long password nobody would guess is accepted: %s', password => {
  expect(problem(password)).toBeUndefined()
})

test.each(['', 'short', '123456789', '🍵🍡🌸🐈🎐🎋🍁⛄🗻'])('nine signs are too few, however they are counted: %j', password => {
  expect(problem(password)).toBe('accounts.password.tooShort')
})

test.each([
  '1234567890',
  'qwertyuiop',
  'Password123',
  'PASSWORD2024!',
  'password!!!!',
  'ｐａｓｓｗｏｒｄ１２３',
  'aaaaaaaaaaaa',
  'ababababababab',
  'iloveyou2024',
  '!!dragon!!2000',
])('a password every guesser tries is refused: %s', password => {
  expect(problem(password)).toBe('accounts.password.common')
})

test.each(['hanako_67hanako_67', 'hanako.sato@example.jp', 'Hanako.Sato', 'hanako_67!', 'HANAKO.SATO12'])(
  'what everybody can see of a person is no password: %s',
  password => {
    expect(problem(password)).toBe('accounts.password.own')
  },
)

test('a password of 201 signs is too long', () => {
  expect([problem('あい うえ'.repeat(40)), problem(`${'あい うえ'.repeat(40)}お`)]).toEqual([undefined, 'accounts.password.tooLong'])
})

test('a password matches however its letters were typed: full-width or half, one sign or composed', async () => {
  const kept = await hashPassword('ガーデン ２０２４ rose')
  expect(
    await Promise.all(['ガーデン 2024 rose', 'ｶﾞｰﾃﾞﾝ ２０２４ ｒｏｓｅ', 'ガーデン 2024 Rose'].map(typed => passwordMatches(kept, typed))),
  ).toEqual([true, true, false])
})

test('a hash is argon2id with 19 MiB and two passes, never twice the same', async () => {
  const [one, other] = await Promise.all([hashPassword('green tea at noon'), hashPassword('green tea at noon')])
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(one).not.toBe(other)
})

test('without an account no password matches', async () => {
  expect(await Promise.all([passwordMatches(undefined, ''), passwordMatches(null, 'green tea at noon')])).toEqual([false, false])
})

test.each(['ab', '1abc', '_abc', 'ａｂｃ', 'taro-san', 'た_ろう', 'a'.repeat(21), 'taro\n', ''])('this is no handle: %j', handle => {
  expect(handleProblem(handle)).toBe('accounts.handle.shape')
})

test.each(['admin', 'moderator', 'official', 'support'])('nobody takes a handle that sounds like staff: %s', handle => {
  expect(handleProblem(handle)).toBe('accounts.handle.taken')
})

test.each(['運営', ' 運　営 ', 'Ａｄｍｉｎ', '公 式', 'サポート・窓口'])('nobody takes a name that sounds like staff: %j', name => {
  expect(nameProblem(normalName(name))).toBe('accounts.name.reserved')
})

test.each([
  ['  たまき   さん ', 'たまき さん'],
  ['た\u200bまき\u202e', 'たまき'],
  ['Z\u0300\u0301\u0302\u0303algo', 'Zalgo'],
  ['ガーデン', 'ガーデン'],
])('a name holds no signs that hide, turn or stack: %j', (typed, kept) => {
  expect(normalName(typed)).toBe(kept)
})

test.each(['', '　', '\u200b', '!!!'])('a name has a letter: %j', name => {
  expect(nameProblem(normalName(name))).toBe('accounts.name.empty')
})

test.each(['hanako@example.jp', 'h.s+forum@mail.example.co.jp', 'たろう@日本語.jp', "o'neil@example.ie"])('mail reaches %s', email => {
  expect(emailProblem(email)).toBeUndefined()
})

test.each([
  'hanako',
  'hanako@',
  '@example.jp',
  'a@b',
  'a b@example.jp',
  'a@example.jp,b@example.jp',
  'a@example.jp\nbcc:b@example.jp',
  '<a@example.jp>',
  'a@-x.jp',
  `${'a'.repeat(65)}@example.jp`,
])('mail to %j would reach nobody, or somebody else', email => {
  expect(emailProblem(email)).toBe('accounts.email.shape')
})

test.each(['/t/1/x?a=b#c', '/', '/ask?board=net', '/b/%E7%B6%B2'])('%s leads on after a log-in', path => {
  expect(sameSitePath(path)).toBe(path)
})

test.each([
  undefined,
  '',
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '\\/evil.example',
  '/\t/evil.example',
  '/%0a\n/evil.example',
  'javascript:alert(1)',
  ' /x',
  '/x y',
  42,
  null,
])('%j leads nowhere but home', path => {
  expect(sameSitePath(path)).toBe('/')
})

test('an address of 3,000 signs leads nowhere but home', () => {
  expect(sameSitePath(`/${'a'.repeat(3000)}`)).toBe('/')
})
