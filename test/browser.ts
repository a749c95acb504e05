import axeCore, { type AxeResults } from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { findChromium } from './chromium.ts'

type PageOptions = {
  javaScript?: boolean
  width?: number
  theme?: 'light' | 'dark'
  locale?: 'ja' | 'en'
  reducedMotion?: boolean
  /** Address that paths like `/boards` are opened on. */
  site?: string
}

/** Opens a page in a context of its own: no cookies, nothing cached. Closed after the test. */
export type NewPage = (options?: PageOptions) => Promise<Page>

// Journeys talk to this machine alone: no other name is looked up, no other address reached.
const ARGUMENTS = ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost', '--font-render-hinting=none']
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const PATIENCE = 10_000

/**
 * Journeys that share one browser. After each test its pages are closed; an error in the console of any of them (a breach of the content
 * security policy is one), a broken answer or a missing part fails it. Without a browser they are skipped, loudly; under `CI=true` that fails.
 */
export function describeInBrowser(title: string, tell: (newPage: NewPage) => void): void {
  const found = findChromium()
  if (!found) {
    console.warn(`\n  NO BROWSER: "${title}" was not tried. Install Chrome or Chromium, or use Linux x64, where npm brings one.\n`)
    test.runIf(process.env.CI === 'true')(`there is a browser for "${title}"`, () => expect.fail('no browser found'))
  }
  describe.skipIf(!found)(title, () => {
    let browser: Browser
    let pages: { context: BrowserContext; problems: string[] }[] = []
    beforeAll(async () => {
      browser = await launchBrowser()
    })
    afterAll(() => browser?.close())
    afterEach(async () => {
      const problems = pages.flatMap(page => page.problems)
      await Promise.all(pages.map(({ context }) => context.close()))
      pages = []
      expect(problems).toEqual([])
    })
    tell(async options => {
      const opened = await openPage(browser, options)
      pages.push(opened)
      return opened.page
    })
  })
}

/** Starts the browser; the caller closes it. Throws where there is none. */
export async function launchBrowser(): Promise<Browser> {
  const found = findChromium()
  if (!found) throw new Error('No browser found')
  return chromium.launch({ executablePath: found.executablePath, args: ARGUMENTS, env: { ...process.env, ...found.env } })
}

/** What axe-core finds against WCAG 2.2 AA on the page as it stands, one readable line each; empty when there is nothing. */
export async function axe(page: Page): Promise<string[]> {
  await page.evaluate(axeCore.source)
  const run = `axe.run({ runOnly: ${JSON.stringify(WCAG)}, rules: { 'target-size': { enabled: true } }, resultTypes: ['violations'] })`
  const { violations } = await page.evaluate<AxeResults>(run)
  return violations.flatMap(({ id, impact, help, nodes }) =>
    nodes.map(node =>
      `${id} (${impact}): ${help} at ${node.target.join(' ')} ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`.trim(),
    ),
  )
}

async function openPage(browser: Browser, options: PageOptions = {}): Promise<{ page: Page; context: BrowserContext; problems: string[] }> {
  const { javaScript = true, width = 1280, theme = 'light', locale = 'ja', reducedMotion = false, site } = options
  const context = await browser.newContext({
    baseURL: site,
    javaScriptEnabled: javaScript,
    viewport: { width, height: width < 600 ? 740 : 900 },
    colorScheme: theme,
    locale: locale === 'ja' ? 'ja-JP' : 'en-GB',
    timezoneId: 'Asia/Tokyo',
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
  })
  context.setDefaultTimeout(PATIENCE)
  const problems: string[] = []
  context.on('weberror', thrown => problems.push(thrown.error().stack ?? thrown.error().message))
  context.on('console', message => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) problems.push(message.text())
  })
  // A page may well be missing or refused; what it is made of may not, and nothing may break.
  context.on('response', response => {
    const isPart = ['stylesheet', 'script', 'image', 'font'].includes(response.request().resourceType())
    if (response.status() >= (isPart ? 400 : 500)) problems.push(`${response.status()} ${response.url()}`)
  })
  return { page: await context.newPage(), context, problems }
}
