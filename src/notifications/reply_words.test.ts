import { expect, test } from 'vitest'
import { ownWords } from './reply_words.ts'

const OWN = '再起動したら直りました。\n\nありがとうございます。'
const QUOTED = '> ゆうこ さんが回答しました\n>\n> ルーターを再起動してください。'

test.each([
  ['Gmail, Japanese', `${OWN}\n\n2026年3月10日(火) 9:12 みんなの広場 <reply+1-a@h.example.jp>:\n\n${QUOTED}`],
  ['Gmail, Japanese, broken in two', `${OWN}\n\n2026年3月10日(火) 9:12 みんなの広場の長い名前\n<reply+1-a@h.example.jp>:\n\n${QUOTED}`],
  ['Gmail, English', `${OWN}\n\nOn Tue, Mar 10, 2026 at 9:12 AM Hiroba <reply+1-a@h.example.jp> wrote:\n${QUOTED}`],
  [
    'Gmail, English, broken in two',
    `${OWN}\n\nOn Tue, Mar 10, 2026 at 9:12 AM Hiroba with a long name\n<reply+1-a@h.example.jp> wrote:\n${QUOTED}`,
  ],
  ['Apple Mail, Japanese', `${OWN}\n\niPhoneから送信\n\n2026/03/10 9:12、みんなの広場 <reply@h.example.jp>のメール：\n\n${QUOTED}`],
  [
    'Outlook, Japanese',
    `${OWN}\n\n________________________________\n差出人: みんなの広場 <reply@h.example.jp>\n送信日時: 2026年3月10日\n宛先: 私\n\nルーターを再起動してください。`,
  ],
  ['Outlook, English', `${OWN}\n\n-----Original Message-----\nFrom: Hiroba <reply@h.example.jp>\nSent: Tuesday\n\nRestart it.`],
  ['docomo and others', `${OWN}\n\n-----元のメッセージ-----\nルーターを再起動してください。`],
  ['our own line', `${OWN}\n\n> -- この行より上に返信を書いてください --\n> 回答があります`],
  ['a signature', `${OWN}\n-- \n田中 花子\n090-0000-0000`],
  ['only quoted lines below', `${OWN}\n\n${QUOTED}`],
])('the words of a reply without what %s puts below', (_, text) => {
  expect(ownWords(text)).toBe(OWN)
  expect(ownWords(text.replaceAll('\n', '\r\n'))).toBe(OWN)
})

test('what only looks like it stays: dates, quoted lines in the middle, a dash', () => {
  const text = '2026年3月10日に買いました。\n> 型番は何ですか\nAX-3200です。\n--- 以上 ---'
  expect(ownWords(text)).toBe(text)
  expect(ownWords(QUOTED)).toBe('')
})
