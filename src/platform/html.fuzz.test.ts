import fc from 'fast-check'
import { expect, test } from 'vitest'
import { faultsIn } from '../../test/parsed_body.ts'
import { xssPayloads } from '../../test/xss_payloads.ts'
import { Invalid } from './errors.ts'
import { renderNow } from './html_render.ts'

const RUNS = 40_000
const SEED = 20260401

const attack = fc.constantFrom(
  ...Object.values(xssPayloads)
    .flat()
    .filter(payload => payload.length < 300),
)
const shard = fc.constantFrom(
  ...[
    '<',
    '>',
    '"',
    "'",
    '`',
    '&',
    '=',
    '/',
    '\\',
    '(',
    ')',
    '[',
    ']',
    '!',
    '*',
    '_',
    '~',
    '#',
    '|',
    '-',
    ':',
    ';',
    '@',
    '\n',
    '\t',
    ' ',
    '\0',
  ],
  ...[
    '&#',
    '&lt;',
    '&quot;',
    '&#x22;',
    '&NewLine;',
    '-->',
    '<!--',
    ']]>',
    '</a>',
    '</p>',
    '<svg',
    '<a ',
    '<img ',
    'onerror=',
    'href=',
    'src=',
  ],
  ...[
    'javascript:',
    'data:',
    'https://',
    '//',
    '/media/',
    '/u/',
    '@taro',
    '」',
    '、',
    'あ',
    '😀',
    '\u200d',
    '\u2028',
    '\ud800',
    '\u202e',
    'e\u0301',
  ],
)
const noise = fc.oneof(shard, shard, fc.string({ unit: 'binary', maxLength: 6 }), fc.string({ maxLength: 8 }), attack)
const text = fc.array(noise, { minLength: 1, maxLength: 6 }).map(parts => parts.join(''))
const oneLine = text.map(value => value.replaceAll('\n', ' '))

const { block } = fc.letrec<{ inline: string; block: string }>(tie => ({
  inline: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.tuple(fc.constantFrom('*', '**', '***', '_', '~~', '`', '``'), tie('inline')).map(([mark, inner]) => mark + inner + mark),
    fc.tuple(fc.constantFrom('', '!'), tie('inline'), text).map(([bang, label, address]) => `${bang}[${label}](${address})`),
    fc.tuple(fc.constantFrom('', '!'), tie('inline'), oneLine).map(([bang, label, address]) => `${bang}[${label}](<${address}>)`),
    fc.tuple(fc.constantFrom('', '!'), tie('inline'), text).map(([bang, label, name]) => `${bang}[${label}][${name}]`),
    fc
      .tuple(fc.constantFrom('/x', '/media/x#1x2', 'https://a.example'), fc.constantFrom('"', "'", '('), text)
      .map(([to, quote, title]) => `[a](${to} ${quote}${title}${quote})`),
    fc.tuple(text, text).map(([alt, tail]) => `![${alt}](/media/x${tail})`),
    text.map(address => `<${address}>`),
    text.map(tail => `https://a.example/${tail}`),
    fc.tuple(tie('inline'), tie('inline')).map(([a, b]) => a + b),
  ),
  block: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('inline'),
    fc
      .tuple(fc.constantFrom('# ', '###### ', '> ', '- ', '- [ ] ', '1. ', '0009) ', '    ', '\t'), tie('block'))
      .map(([mark, inner]) => mark + inner),
    fc.tuple(fc.constantFrom('> ', '  ', '   '), tie('block')).map(([indent, inner]) => inner.replaceAll('\n', `\n${indent}`)),
    fc.tuple(fc.constantFrom('```', '~~~'), oneLine, text).map(([fence, language, code]) => `${fence}${language}\n${code}\n${fence}`),
    fc.tuple(oneLine, fc.constantFrom('-', ':-', '-:', ':-:"x'), text).map(([head, side, cell]) => `|${head}|b|\n|${side}|-|\n|${cell}|`),
    fc.tuple(text, text, text).map(([name, address, title]) => `[${name}]: ${address} "${title}"\n\n[${name}]`),
    fc.tuple(tie('inline'), fc.constantFrom('===', '---')).map(([title, line]) => `${title}\n${line}`),
    fc.tuple(tie('block'), tie('block')).map(([a, b]) => `${a}\n\n${b}`),
  ),
}))

test(`whatever people write, a browser finds only what a post may hold (${RUNS} posts, seed ${SEED})`, { timeout: 120_000 }, () => {
  const options = { handles: new Set(['taro']), siteUrl: 'https://a.example' }
  const seen = { shown: 0, refused: 0 }
  fc.assert(
    fc.property(block, source => {
      try {
        const { html, text } = renderNow(source, options)
        seen.shown += 1
        expect(faultsIn(html)).toEqual([])
        expect(text.isWellFormed() && !text.includes('\0')).toBe(true)
      } catch (error) {
        if (!(error instanceof Invalid)) throw error
        seen.refused += 1
      }
    }),
    { numRuns: RUNS, seed: SEED },
  )
  console.info(`renderer fuzz: seed ${SEED}, ${seen.shown} shown, ${seen.refused} refused`)
  expect(seen.shown).toBeGreaterThan(RUNS * 0.9)
})
