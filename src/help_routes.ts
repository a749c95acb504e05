import { readFile } from 'node:fs/promises'
import { Type } from 'typebox'
import { Missing } from './platform/errors.ts'
import { plainExcerpt, renderBody } from './platform/html.ts'
import type { Locale, Translate } from './platform/i18n.ts'
import type { App } from './platform/web.ts'
import { presentLevels, presentRules } from './reputation/present.ts'

/** The help's pages in the order of its navigation; each is a Markdown file in `views/help/{locale}/` that begins with its title. */
export const HELP_PAGES = [
  'index',
  'newcomers',
  'account',
  'search',
  'asking',
  'answering',
  'notices',
  'guarantee',
  'badges',
  'certification',
  'points',
  'levels',
  'pictures',
  'markdown',
  'companies',
  'insights',
  'rules',
  'decisions',
  'takedown',
  'calm',
  'checking',
  'privacy',
] as const

/** How to use the forum, its rules, and what becomes of what people tell it. */
export async function helpRoutes(app: App): Promise<void> {
  const kept: Partial<Record<Locale, Promise<HelpPage[]>>> = {}
  const pagesIn = (locale: Locale) => {
    kept[locale] ??= readHelp(locale)
    return kept[locale]
  }

  app.get<{ Params: { page?: string } }>(
    '/help/:page?',
    { config: { access: 'everyone', cached: true }, schema: { params: Type.Object({ page: Type.Optional(Type.String()) }) } },
    async ({ params, preferences, t }, reply) => {
      const pages = await pagesIn(preferences.locale)
      const page = pages.find(({ path }) => path === pathOf(params.page ?? 'index'))
      if (!page || params.page === 'index') throw new Missing()
      const nav = pages.map(({ path, title }) => ({ path, title, isCurrent: path === page.path }))
      return reply.keep(['help']).page('help/show', { ...page, ...tableOf(params.page, t), canonical: page.path, at: 'help', nav })
    },
  )
}

/** Points and levels are explained by the very tables that decide them. */
const tableOf = (page: string | undefined, t: Translate) => ({
  rules: page === 'points' ? presentRules(t) : undefined,
  levels: page === 'levels' ? presentLevels(t) : undefined,
})

type HelpPage = { path: string; title: string; description: string; bodyHtml: string }

const pathOf = (name: string) => (name === 'index' ? '/help' : `/help/${name}`)

function readHelp(locale: Locale): Promise<HelpPage[]> {
  return Promise.all(HELP_PAGES.map(name => readPage(locale, name)))
}

async function readPage(locale: Locale, name: string): Promise<HelpPage> {
  const source = await readFile(new URL(`../views/help/${locale}/${name}.md`, import.meta.url), 'utf8')
  const [first = '', ...rest] = source.split('\n')
  // Section by section, so that nothing is long enough to need a thread of its own.
  const sections = await Promise.all(
    rest
      .join('\n')
      .split(/^(?=## )/m)
      .filter(section => section.trim())
      .map(section => renderBody(section)),
  )
  return {
    path: pathOf(name),
    title: first.replace(/^# /, ''),
    description: plainExcerpt(sections[0]?.text ?? '', 120),
    bodyHtml: sections.map(({ html }) => html.replace(headings, (_, slash, level) => `<${slash}h${level - 2}>`)).join(''),
  }
}

/** A post's headings begin two levels down, below the page's own; here they are the page's own. */
const headings = /<(\/?)h([3-6])>/g
