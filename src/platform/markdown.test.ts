import { describe, expect, test } from 'vitest'
import { readMarkdown } from './markdown.ts'

const SITE = { handles: new Set(['taro', 'taro_yamada']), siteUrl: 'https://hiroba.example' }
const html = (source: string, options = SITE) => readMarkdown(source, options).toHtml().trim()
const inline = (source: string) => html(source).replace(/^<p>|<\/p>$/g, '')
const text = (source: string) => readMarkdown(source, SITE).text
const OUT = 'rel="nofollow ugc noopener"'

describe('Japanese', () => {
  test.each([
    ['**「重要」**です', '<strong>「重要」</strong>です'],
    ['これは**重要。**です', 'これは<strong>重要。</strong>です'],
    ['値段は**1,000円（税込）**です', '値段は<strong>1,000円（税込）</strong>です'],
    ['*『本』*を読む', '<em>『本』</em>を読む'],
    ['それは~~「古い」~~新しい', 'それは<s>「古い」</s>新しい'],
    ['**[設定](/x)**を開く', '<strong><a href="/x">設定</a></strong>を開く'],
  ])('emphasis works beside Japanese punctuation: %s', (source, shown) => {
    expect(inline(source)).toBe(shown)
  })

  test.each(['、', '。', '」', '）', 'を', 'ご', 'ア', '漢', 'Ａ', '！', '\u3000', '】', '・'])('an address ends before %s', next => {
    expect(inline(`（https://a.example/x${next}見る`)).toBe(`（<a href="https://a.example/x" ${OUT}>https://a.example/x</a>${next}見る`)
  })

  test('an address may follow Japanese letters without a space', () => {
    expect(inline('詳しくはhttps://a.example/xへ')).toContain('詳しくは<a href="https://a.example/x"')
  })

  test('an address with Japanese letters can be linked in brackets, and is shown as it is read', () => {
    expect(inline('<https://a.example/日本>')).toBe(`<a href="https://a.example/%E6%97%A5%E6%9C%AC" ${OUT}>https://a.example/日本</a>`)
  })

  test('Enter starts a new line, as people expect', () => {
    expect(html('一\n二')).toBe('<p>一<br>\n二</p>')
  })
})

describe('addresses', () => {
  test.each([
    ['https://a.example/x.', 'https://a.example/x'],
    ['https://a.example/?a=1&b=2!', 'https://a.example/?a=1&amp;b=2'],
    ['(https://a.example/x)', 'https://a.example/x'],
    ['https://a.example/x_(y)', 'https://a.example/x_(y)'],
    ['**https://a.example/x**', 'https://a.example/x'],
    ['https://a.example/a_b_c', 'https://a.example/a_b_c'],
    ['HTTPS://A.example/x', 'https://a.example/x'],
    ['https://bank.example@evil.example/', 'https://bank.example/'],
    ['[a](https://bank.example@evil.example/)', 'https://evil.example/'],
    ['[a](//evil.example/x)', 'https://evil.example/x'],
  ])('%s leads to %s, and search engines are told not to follow', (source, address) => {
    expect(html(source)).toContain(`<a href="${address}" ${OUT}>`)
  })

  test.each(['example.com', 'www.example.com', 'ftp://a.example', '//a.example', 'a@b.example', 'readme.md', 'https://', 'https://-'])(
    '%s stays text',
    source => {
      expect(html(source)).toBe(`<p>${source}</p>`)
    },
  )

  test.each([
    ['[a](/t/12/x#answer-3)', '/t/12/x#answer-3'],
    ['[a](#answer-3)', '#answer-3'],
    ['[a](t/12)', '/t/12'],
    ['[a](?q=1)', '/?q=1'],
    ['[a](https://hiroba.example/t/12)', '/t/12'],
    ['https://hiroba.example/t/12', '/t/12'],
    ['[a](https://hiroba.example)', '/'],
    ['[a](/x/..//evil.example)', '/evil.example'],
    ['[a](mailto:a@b.example)', 'mailto:a@b.example'],
  ])('%s stays on this site as %s', (source, address) => {
    expect(html(source)).toContain(`<a href="${address}">`)
  })

  test('a site below a path knows its own pages from its neighbours', () => {
    const site = { ...SITE, siteUrl: 'https://a.example/forum' }
    expect(html('[a](https://a.example/forum/t/1)', site)).toContain('<a href="/forum/t/1">')
    expect(html('[a](https://a.example/forums/1)', site)).toContain(`<a href="https://a.example/forums/1" ${OUT}>`)
  })

  test('a site that does not say its address takes every full address for another site', () => {
    expect(readMarkdown('[a](https://site.invalid/x)').toHtml()).toContain(OUT)
  })

  test('long addresses are shown short and kept whole', () => {
    const address = `https://a.example/${'x'.repeat(80)}`
    const shown = `${address.slice(0, 59)}…`
    expect(inline(address)).toBe(`<a href="${address}" ${OUT}>${shown}</a>`)
    expect(inline(`*<${address}> ${'y'.repeat(80)}*`)).toBe(`<em><a href="${address}" ${OUT}>${shown}</a> ${'y'.repeat(80)}</em>`)
    expect(inline(`[${'z'.repeat(80)}](/x)`)).toBe(`<a href="/x">${'z'.repeat(80)}</a>`)
    expect(text(address)).toBe(address)
  })

  test.each(['[a](javascript:alert(1))', '[a](data:text/html,x)', '[a](tel:110)'])('%s is not a link', source => {
    expect(html(source)).toBe(`<p>${source}</p>`)
  })

  test('a link that leads nowhere keeps its words', () => {
    expect(html('[言葉](https://a:99999/)')).toBe('<p>言葉</p>')
  })
})

describe('pictures', () => {
  test.each([
    ['![絵](/media/a.webp#800x600)', '<img src="/media/a.webp" alt="絵" width="800" height="600" loading="lazy">'],
    ['![絵](/media/a.webp)', '<img src="/media/a.webp" alt="絵" loading="lazy">'],
    ['![絵](https://hiroba.example/media/a.webp)', '<img src="/media/a.webp" alt="絵" loading="lazy">'],
    ['![](/media/a.webp)', '<img src="/media/a.webp" alt="" loading="lazy">'],
  ])('our own are shown: %s', (source, shown) => {
    expect(inline(source)).toBe(shown)
  })

  test.each([
    ['![絵](https://a.example/x.png)', `<a href="https://a.example/x.png" ${OUT}>絵</a>`],
    ['![](https://a.example/x.png)', `<a href="https://a.example/x.png" ${OUT}>https://a.example/x.png</a>`],
    ['![絵](/media/../logout)', '<a href="/logout">絵</a>'],
    ['![絵](/media/%2e%2e/logout)', '<a href="/logout">絵</a>'],
    ['[![絵](https://a.example/x.png)](/t/1)', '<a href="/t/1">絵</a>'],
  ])('others become a plain link: %s', (source, shown) => {
    expect(inline(source)).toBe(shown)
  })

  test('a picture of ours may be a link', () => {
    expect(inline('[![絵](/media/a.webp)](/t/1)')).toBe('<a href="/t/1"><img src="/media/a.webp" alt="絵" loading="lazy"></a>')
  })
})

describe('mentions', () => {
  const TARO = '<a class="mention" href="/u/taro">@taro</a>'
  test.each([
    ['@taro さん', `${TARO} さん`],
    ['こんにちは@taro。', `こんにちは${TARO}。`],
    ['（@taro）', `（${TARO}）`],
    ['**@taro**', `<strong>${TARO}</strong>`],
    ['@Taro', '<a class="mention" href="/u/taro">@Taro</a>'],
    ['@taro_yamada', '<a class="mention" href="/u/taro_yamada">@taro_yamada</a>'],
    ['@taro @taro', `${TARO} ${TARO}`],
    ['@taro-san', `${TARO}-san`],
    ['@nobody', '@nobody'],
    ['@taro_', '@taro_'],
  ])('%s', (source, shown) => {
    expect(inline(source)).toBe(shown)
  })

  test('a handle inside code, a link or a mail address is left alone', () => {
    for (const source of ['`@taro`', '[@taro](/x)', 'a@taro', 'https://a.example/@taro', '@taro.example', '@taro@a'])
      expect(html(source)).not.toContain('mention')
  })
})

describe('blocks', () => {
  test.each([
    ['# 題', 'h3'],
    ['## 題', 'h4'],
    ['### 題', 'h5'],
    ['#### 題', 'h6'],
    ['###### 題', 'h6'],
    ['題\n===', 'h3'],
  ])('%s is %s, below the page’s own headings', (source, tag) => {
    expect(html(source)).toBe(`<${tag}>題</${tag}>`)
  })

  test('a list of tasks is text', () => {
    expect(html('- [ ] する\n- [x] した')).toBe('<ul>\n<li>[ ] する</li>\n<li>[x] した</li>\n</ul>')
  })

  test('a table is aligned by class and scrolls by itself', () => {
    const table = html('|a|b|c|\n|:-|-:|-|\n|1|2|3|')
    expect(table).toMatch(/^<div class="table-scroll" tabindex="0">\n<table>/)
    expect(table).toContain('<th class="align-left">a</th>\n<th class="align-right">b</th>\n<th>c</th>')
    expect(table).not.toContain('style')
  })

  test('HTML is text', () => {
    expect(html('<b>a</b>')).toBe('<p>&lt;b&gt;a&lt;/b&gt;</p>')
  })
})

test('the plain text reads like the post: paragraphs, lists, tables and code, without marks', () => {
  const source =
    '# 題\n\n**太い** `字`、[語](/x)\n次\n\n> 引用\n\n- 一\n- 二\n\n3. 三\n\n|a|b|\n|-|-|\n|1|2|\n\n```js\nx = 1\n```\n![絵](/media/a)'
  expect(text(source)).toBe('題\n\n太い 字、語\n次\n\n引用\n\n- 一\n- 二\n\n3. 三\n\na\tb\n1\t2\n\nx = 1\n\n絵')
})

test('letters a database refuses are replaced', () => {
  expect(text('a\0b\ud800c&#0;')).toBe('a\ufffdb\ufffdc\ufffd')
})
