import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Handlebars from 'handlebars'
import { agoText, dayText, type Locale, momentText, numberText, translate } from './i18n.ts'

const VIEWS = fileURLToPath(new URL('../../views', import.meta.url))

/** What every view may ask of its root, besides its own model. */
export type ViewRoot = { locale: Locale; assetUrl: (name: string) => string }
/** Renders `views/{name}.hbs` with `root` as its context. */
export type Render = (name: string, root: ViewRoot & Record<string, unknown>) => string

/** Compiles every view once at boot: partials are the files whose name begins with `_`, known as `{folder}/{name}`. */
export async function loadViews(): Promise<Render> {
  const handlebars = Handlebars.create()
  addHelpers(handlebars)
  const pages = new Map<string, Handlebars.TemplateDelegate>()
  for await (const file of glob('**/*.hbs', { cwd: VIEWS })) {
    const name = file.replaceAll('\\', '/').replace(/\.hbs$/, '')
    const source = readFileSync(join(VIEWS, file), 'utf8').replace(/\n\s*/g, '\n')
    if (basename(name).startsWith('_')) handlebars.registerPartial(name.replace(/(^|\/)_/, '$1'), handlebars.compile(source, OPTIONS))
    else pages.set(name, handlebars.compile(source, OPTIONS))
  }
  return (name, root) => {
    const page = pages.get(name)
    if (!page) throw new Error(`no view ${name}`)
    return page(root)
  }
}

const OPTIONS: CompileOptions = {
  knownHelpers: { t: true, ago: true, day: true, moment: true, number: true, icon: true, asset: true, eq: true, or: true, concat: true },
  knownHelpersOnly: true,
}

function addHelpers(handlebars: typeof Handlebars): void {
  const escapeHtml = handlebars.escapeExpression
  const html = (text: string) => new handlebars.SafeString(text)
  const localeOf = (options: Handlebars.HelperOptions): Locale => options.data.root.locale
  const time = (at: Date | undefined, shown: string, locale: Locale) =>
    html(`<time datetime="${at?.toISOString()}" title="${escapeHtml(at ? momentText(locale, at) : '')}">${escapeHtml(shown)}</time>`)
  handlebars.registerHelper({
    t: (key: string, options: Handlebars.HelperOptions) => {
      for (const _ in options.hash) return translate(localeOf(options), key, options.hash)
      return translate(localeOf(options), key)
    },
    ago: (at: Date, options: Handlebars.HelperOptions) => time(at, agoText(localeOf(options), at), localeOf(options)),
    day: (at: Date, options: Handlebars.HelperOptions) => time(at, dayText(localeOf(options), at), localeOf(options)),
    moment: (at: Date, options: Handlebars.HelperOptions) => time(at, momentText(localeOf(options), at), localeOf(options)),
    number: (value: number, options: Handlebars.HelperOptions) => numberText(localeOf(options), value),
    icon: (name: string, options: Handlebars.HelperOptions) =>
      html(
        `<svg class="icon${options.hash.large ? ' l' : ''}" aria-hidden="true"><use href="${options.data.root.assetUrl('icons.svg')}#${escapeHtml(name)}"/></svg>`,
      ),
    asset: (name: string, options: Handlebars.HelperOptions) => options.data.root.assetUrl(name),
    eq: (a: unknown, b: unknown) => a === b,
    or: (...values: unknown[]) => values.slice(0, -1).some(Boolean),
    concat: (...values: unknown[]) => values.slice(0, -1).join(''),
  })
}
