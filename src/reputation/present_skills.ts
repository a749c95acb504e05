import type { Translate } from '../platform/i18n.ts'
import type { Skill } from './helper_queries.ts'

/** What somebody is good at: boards, products and tags, with how often his answer was the one that solved. */
export function presentSkills(skills: Skill[], t: Translate) {
  const shown = skills.map(({ kind, name, nameEn, path, solved, answers }) => ({
    kind,
    name: (t.locale === 'en' && nameEn) || name,
    path: path || `/search?tag=${encodeURIComponent(name)}`,
    text: t('members.skills.counts', { solved, answers }),
  }))
  const of = (wanted: Skill['kind']) => shown.filter(({ kind }) => kind === wanted)
  return { boards: of('board'), products: of('product'), tags: of('tag') }
}
