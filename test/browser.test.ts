import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { axe, describeInBrowser } from './browser.ts'

describeInBrowser('the browser of the journeys', newPage => {
  test('shows a page in Japanese, in the wanted width and theme', async () => {
    const page = await newPage({ width: 360, theme: 'dark', locale: 'ja' })
    await page.setContent('<h1>みんなの広場</h1>')
    expect(await page.textContent('h1')).toBe('みんなの広場')
    const seen = await page.evaluate(
      '({ width: innerWidth, dark: matchMedia("(prefers-color-scheme: dark)").matches, language: navigator.language })',
    )
    expect(seen).toEqual({ width: 360, dark: true, language: 'ja-JP' })
  })

  test('runs scripts only when JavaScript is on', async () => {
    for (const javaScript of [true, false]) {
      const page = await newPage({ javaScript })
      await page.setContent('<p>as sent</p><script>document.querySelector("p").textContent = "changed"</script>')
      expect(await page.textContent('p')).toBe(javaScript ? 'changed' : 'as sent')
    }
  })

  test('sends forms, keeps cookies and asks in the wanted language', async () => {
    const server = createServer((request, response) => {
      response.setHeader('set-cookie', 'seen=1')
      response.setHeader('content-type', 'text/html')
      response.end(`<form method="post" action="/sent"><button>send</button></form>
        <p>${request.method} ${request.url} ${request.headers.cookie} ${request.headers['accept-language']}</p>`)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const site = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const page = await newPage({ site, locale: 'en', javaScript: false })
    await page.goto('/')
    await page.getByRole('button', { name: 'send' }).click()
    await page.waitForURL('**/sent')
    expect(await page.textContent('p')).toMatch(/^POST \/sent seen=1 en-GB/)
    server.close()
  })

  test('names what keeps people out of a page, and is silent about a good one', async () => {
    const page = await newPage()
    await page.setContent('<html lang="ja"><title>広場</title><main><h1>広場</h1></main></html>')
    expect(await axe(page)).toEqual([])
    await page.setContent(
      '<html lang="ja"><title>広場</title><main><img src="data:,"><p style="color:#ccc;background:#fff">薄い</p></main></html>',
    )
    const found = await axe(page)
    expect(found.map(line => line.split(' ')[0]).sort()).toEqual(['color-contrast', 'image-alt'])
    await page.setContent(
      '<html lang="ja"><title>広場</title><main><button style="width:9px;height:9px;padding:0">あ</button><button style="width:9px;height:9px;padding:0">い</button></main></html>',
    )
    expect((await axe(page)).join()).toContain('target-size')
  })

  test('reaches this machine only', async () => {
    const page = await newPage()
    await expect(page.goto('http://example.com/')).rejects.toThrow(/ERR_NAME_NOT_RESOLVED/)
  })
})
