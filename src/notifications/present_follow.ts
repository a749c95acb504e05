import type { Actor } from '../accounts/actor.ts'
import type { Translate } from '../platform/i18n.ts'
import type { Subject } from './follow_queries.ts'
import { followPath } from './paths.ts'
import { LEVELS, type Level } from './schema.ts'

/** What may be chosen; `none` is to follow it no more. */
export const CHOICES = [...LEVELS, 'none'] as const

/** The button beside what can be followed; with the level where that is known. */
export const presentFollow = (subject: string, t: Translate, level?: string) => ({
  path: followPath(subject),
  label: level ? t(`follows.now.${level}`) : t('follows.button'),
  isOn: level !== undefined && level !== 'nothing',
})

/** The levels to choose from, in words for what it is. */
export function presentChoices({ what }: Pick<Subject, 'what'>, level: Level | undefined, t: Translate) {
  const set = what === 'topic' ? 'topic' : 'place'
  return (['all', 'answers', 'none', 'nothing'] as const).map(value => ({
    value,
    label: t(`follows.${set}.${value}`),
    isChosen: value === (level ?? 'none'),
  }))
}

/** Something followed, as a line of one's own list. */
export function presentFollowed(followed: Subject & { level: Level; isOwn: boolean }, { preferences }: Actor, t: Translate) {
  return {
    name: preferences.locale === 'en' ? followed.nameEn : followed.nameJa,
    path: followed.path,
    changePath: followPath(followed.subject),
    what: t(`follows.what.${followed.what}`),
    level: t(`follows.now.${followed.level}`),
    isOwn: followed.isOwn,
  }
}
