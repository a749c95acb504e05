import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { elementsIn, faultsIn } from '../../test/parsed_body.ts'
import { xssPayloads } from '../../test/xss_payloads.ts'
import { Invalid, TooMany } from './errors.ts'
import { extractMentions, plainExcerpt, RENDERER_VERSION, renderBody, stopRenderer } from './html.ts'
import { sanitize } from './html_allow_list.ts'
import { renderInPool } from './html_pool.ts'

afterAll(stopRenderer)

const SITE = { handles: new Set(['taro']), siteUrl: 'https://hiroba.example' }
const refused = (work: Promise<unknown>) =>
  work.then(
    () => 'shown',
    error => (error instanceof Invalid ? error.fields.body : error),
  )

test('a body comes with its HTML, its plain text and the version of the renderer', async () => {
  const body = await renderBody('# 題\n\n**「重要」**です')
  expect(body).toEqual({
    html: '<h3>題</h3>\n<p><strong>「重要」</strong>です</p>\n',
    text: '題\n\n「重要」です',
    version: RENDERER_VERSION,
  })
})

describe('limits', () => {
  test('32 kB may be written, counted in bytes, and not one more', async () => {
    expect(await refused(renderBody('a'.repeat(32 * 1024)))).toBe('shown')
    expect(await refused(renderBody('a'.repeat(32 * 1024 + 1)))).toBe('body.tooLong')
    expect(await refused(renderBody('あ'.repeat(11_000)))).toBe('body.tooLong')
  })

  test('100 links may be written, and not one more; mentions and pictures from elsewhere count', async () => {
    const links = (kind: string, count: number) => refused(renderBody(`${kind} `.repeat(count), SITE))
    for (const kind of ['https://a.example', '[a](/x)', '@taro', '![a](https://a.example/x.png)']) {
      expect([kind, await links(kind, 100), await links(kind, 101)]).toEqual([kind, 'shown', 'body.tooManyLinks'])
    }
  })

  test.each([
    ['one long address linked a hundred times', `[a]: /${'x'.repeat(30_000)}\n\n${'[a] '.repeat(100)}`],
    ['a table that grows by the cells it leaves out', `|${'a|'.repeat(300)}\n|${'-|'.repeat(300)}\n${'a\n'.repeat(800)}`],
  ])('a body that swells past 512 kB is refused: %s', async (_, source) => {
    expect(await refused(renderBody(source))).toBe('body.tooLong')
  })

  test.each([
    '',
    ' \n\t',
    '\u3000',
    '\u200b',
    '&nbsp;',
    '&#8203;',
    '\u2800',
    '\u3164',
    '\0',
    '***',
    '>',
    '- ',
    '[a]: /x',
    '```\n```',
    '[](/x)',
    '|  |\n|--|',
  ])('a body in which nobody sees anything is refused: %j', async source => {
    expect(await refused(renderBody(source))).toBe('body.empty')
  })

  test.each(['a', '。', '😀', '![](/media/x.webp)', '`x`', '0'])('a body of one sign or picture is enough: %j', async source => {
    expect(await refused(renderBody(source))).toBe('shown')
  })

  test('a body that takes too long is refused and its thread ended; those that wait behind it are rendered', async () => {
    const slow = `|${'a|'.repeat(4_000)}\n|${'-|'.repeat(4_000)}\n${'a\n'.repeat(4_000)}`
    const [first, ...others] = await Promise.all([
      refused(renderInPool(slow, {}, 5)),
      refused(renderInPool('a', {})),
      refused(renderInPool('b', {})),
      refused(renderInPool(slow, {}, 5)),
      refused(renderInPool('c', {})),
    ])
    expect([first, ...others]).toEqual(['body.tooSlow', 'shown', 'shown', 'body.tooSlow', 'shown'])
    expect(await renderInPool('**d**', {})).toMatchObject({ html: '<p><strong>d</strong></p>\n' })
  })

  test('when very many bodies come at once, some are asked to come again and the others are rendered', async () => {
    const bodies = await Promise.allSettled(Array.from({ length: 200 }, (_, n) => renderInPool(`body ${n}`, {})))
    const refusals = bodies.filter(body => body.status === 'rejected').map(body => body.reason)
    expect(refusals.length).toBeGreaterThan(0)
    expect(refusals.every(reason => reason instanceof TooMany)).toBe(true)
    expect(bodies.length - refusals.length).toBeGreaterThanOrEqual(64)
  })

  test('long bodies and short ones come out the same', async () => {
    const source = 'あ **「い」** https://a.example/x @taro\n\n'.repeat(20)
    expect(await renderInPool(source, SITE)).toEqual(await renderBody(source, SITE))
  })

  test('after the renderer was stopped it starts again by itself', async () => {
    await stopRenderer()
    expect((await renderBody('a\n\n'.repeat(2_000))).html).toMatch(/^<p>a/)
  })

  test('a process started in any folder renders long bodies, and its idle threads do not keep it from ending', async () => {
    const code = `const { renderBody } = await import(${JSON.stringify(new URL('./html.ts', import.meta.url).href)})
      console.log((await renderBody('x'.repeat(9000))).html.length)`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], { cwd: '/', timeout: 20_000 })
    expect(stdout.trim()).toBe('9008')
  })
})

describe('attacks', () => {
  test.each(Object.entries(xssPayloads))('nothing of %s reaches a browser', async (_, payloads) => {
    for (const payload of payloads) {
      for (const source of [
        payload,
        `a ${payload} b`,
        `> - ${payload}`,
        `**${payload}**`,
        `[${payload}](/x "${payload}")`,
        `|${payload}|\n|-|`,
      ]) {
        const body = await renderBody(source, SITE).catch((error: unknown) => error)
        if (body instanceof Invalid) continue
        expect(body).toHaveProperty('html')
        expect({ source, faults: faultsIn((body as { html: string }).html) }).toEqual({ source, faults: [] })
      }
    }
  })

  test.each(Object.entries(xssPayloads))('even HTML that came past the Markdown would be cleaned of %s', (_, payloads) => {
    for (const payload of payloads) {
      // rel is set by the Markdown rules, so a link that did not come from them has none.
      const faults = faultsIn(sanitize(`<p>${payload}</p>`)).filter(fault => !/^(?:<a )?rel=/.test(fault))
      expect({ payload, faults }).toEqual({ payload, faults: [] })
    }
  })

  test.each([
    '<script>alert(1)</script>',
    '<p onclick="x">a</p>',
    '<a href="javascript:alert(1)">a</a>',
    '<a href="https://a.example">a</a>',
    '<a href="//a.example" rel="nofollow ugc noopener">a</a>',
    '<a class="mention" href="/logout">a</a>',
    '<img src="https://a.example/x.png">',
    '<img src="/media/x" onerror="x">',
    '<svg></svg>',
    '<!-- a -->',
    '<p style="color:red">a</p>',
    '<p id="x">a</p>',
    '<h1>a</h1>',
    '<div class="guarantee">a</div>',
    '<code class="language-js mention">a</code>',
    '<p>\0</p>',
  ])('the parser of these tests would notice %s', html => {
    expect(faultsIn(html)).not.toEqual([])
  })

  test('what was typed as HTML is shown as it was typed', async () => {
    expect((await renderBody('<b>a</b> & <script>')).text).toBe('<b>a</b> & <script>')
    expect((await renderBody('<b>a</b>')).html).toBe('<p>&lt;b&gt;a&lt;/b&gt;</p>\n')
  })
})

describe('bodies made to be slow', () => {
  const filled = (unit: string) => unit.repeat(Math.floor((32 * 1024) / Buffer.byteLength(unit)))
  const around = (left: string, right: string) =>
    left.repeat(Math.floor(16_000 / left.length)) + right.repeat(Math.floor(16_000 / right.length))
  const rising = Array.from({ length: 250 }, (_, length) => '`'.repeat(length)).join(' ')
  const units = [
    '[',
    '![',
    '[a](',
    '[a]: x\n',
    '[a]',
    '](',
    '*',
    '*_',
    '**a ',
    '_a*b',
    '~~a ',
    '`',
    '`a`` ',
    '<',
    '<a',
    '<!--',
    '</',
    '<http://a',
    '&',
    '&#',
  ]
  const blocks = [
    '> ',
    '>a\n',
    '>>>>>>>>>>>>>>>>>>>>a\nb\n',
    '- ',
    '- - - - - - - - a\n',
    '> - > - > - a\n\n',
    '1. ',
    '# a\n',
    'a\n---\n',
    '|a',
    '|',
    '```\n',
    '\\',
    '\n',
    ' ',
    '\t',
  ]
  const words = [
    'http://a/(',
    'http://a:99999/ ',
    'https://a.example/ ',
    '@taro ',
    '@a-',
    'a@',
    '\u200d',
    'e\u0301',
    '「**',
    '\0',
    '😀',
    ':',
    '://',
    '[^',
    '!',
  ]
  const sources: [string, string][] = [
    ...[...units, ...blocks, ...words].map((unit): [string, string] => [`many ${JSON.stringify(unit)}`, filled(unit)]),
    ['nested brackets', around('[', ']')],
    ['nested links', around('[', '](x)')],
    ['nested pictures', around('![', '](/media/a)')],
    ['nested emphasis', around('*a ', ' b*')],
    ['brackets inside an address', `[a](${around('(', ')')})`],
    ['rising runs of backticks', rising],
    ['a list as deep as it is long', Array.from({ length: 170 }, (_, depth) => `${' '.repeat(depth * 2)}- a`).join('\n')],
    ['a quote as deep as it is long', `${'> '.repeat(8_000)}\n${'a\n'.repeat(8_000)}`],
    ['a wide table', `|${'a|'.repeat(4_000)}\n|${'-|'.repeat(4_000)}\n${'a\n'.repeat(4_000)}`],
    ['a tall table', `|a|b|\n|-|-|\n${'|a|b|\n'.repeat(5_000)}`],
    ['many references', Array.from({ length: 1_200 }, (_, name) => `[a${name}]: /x\n\n[a${name}]`).join('\n')],
    ['one long address, often', `[a]: /${'x'.repeat(16_000)}\n\n${'[a] '.repeat(4_000)}`],
  ]

  test.each(sources)('%s: shown or refused within the limit', async (_, source) => {
    const start = performance.now()
    expect(['shown', 'body.empty', 'body.tooLong', 'body.tooManyLinks', 'body.tooSlow']).toContain(await refused(renderBody(source, SITE)))
    expect(performance.now() - start).toBeLessThan(2_000)
    extractMentions(source)
    expect(performance.now() - start).toBeLessThan(2_500)
  })

  test('a short body is never rendered for long in the calling thread, a table of 65,000 empty cells included', async () => {
    const cells = `|${'a|'.repeat(600)}\n|${'-|'.repeat(600)}\n${'a\n'.repeat(700)}`
    expect(Buffer.byteLength(cells)).toBeLessThan(4_096)
    await renderInPool('a', {})
    const work = refused(renderBody(cells))
    const start = performance.now()
    await new Promise(resolve => setImmediate(resolve))
    expect(performance.now() - start).toBeLessThan(60)
    expect(await work).toBe('body.tooLong')
  })
})

describe('mentions', () => {
  test('mentions are found once each, in lower case, in the order of the text', () => {
    expect(extractMentions('@Taro さん、@hanako_2（@TARO）と**@jiro**、件名「@saburo」')).toEqual(['taro', 'hanako_2', 'jiro', 'saburo'])
  })

  test.each([
    ['code', '`@taro`'],
    ['a code block', '```\n@taro\n```\n\n    @taro'],
    ['a link', '[@taro](/x) <https://a.example/@taro> https://a.example/@taro'],
    ['a mail address', 'info@taro.example <info@taro.example> a@taro'],
    ['a mail domain, as mobile carriers are written in Japan', '@docomo.ne.jp を受信できるように'],
    ['an address on another network', '@taro@social.example'],
    ['what is too short or too long for a handle', `@ab @${'a'.repeat(21)}`],
    ['an escaped sign', '\\@taro'],
    ['letters that stand apart only by an escape', 'a\\_@taro'],
  ])('nobody is mentioned by %s', async (_, source) => {
    expect(extractMentions(source)).toEqual([])
    expect((await renderBody(source, SITE)).html).not.toContain('class="mention"')
  })
})

describe('excerpts', () => {
  test.each([
    ['短い文です。', 10, '短い文です。'],
    ['一行目\n\n二行目\t三', 20, '一行目 二行目 三'],
    ['あいうえおかきくけこ', 5, 'あいうえ…'],
    ['あいうえお', 5, 'あいうえお'],
    ['👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧', 2, '👨‍👩‍👧…'],
    ['が'.normalize('NFD').repeat(4), 3, `${'が'.normalize('NFD').repeat(2)}…`],
    ['one two', 5, 'one…'],
    ['', 5, ''],
  ])('%j in %i letters is %j', (text, letters, excerpt) => {
    expect(plainExcerpt(text, letters)).toBe(excerpt)
  })

  test('a letter under a heap of marks does not make the excerpt long', () => {
    expect(plainExcerpt(`e${'\u0301'.repeat(30_000)}`, 100).length).toBeLessThan(2_000)
  })
})

test('pictures, links and lists are where they belong in the parsed body', async () => {
  const { html } = await renderBody('- ![絵](/media/a.webp#640x480)\n- [外](https://a.example)\n', SITE)
  expect(elementsIn(html).map(element => element.tagName)).toEqual(['ul', 'li', 'img', 'li', 'a'])
})
