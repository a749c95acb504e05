import type { Actor } from '../accounts/actor.ts'
import type { Translate } from '../platform/i18n.ts'
import { postLink, topicPath } from '../topics/paths.ts'
import type { flagsOf, MemberRecord, PastDecision, ThreadPost } from './context_queries.ts'
import type { Decision } from './decision.ts'
import { canDecideItem } from './policy.ts'
import { alarmOf, kindLabel, presentLease, whyOf } from './present_queue.ts'
import type { FoundItem } from './queue_queries.ts'
import { recordPath } from './sanctions/present.ts'

export type ItemContext = {
  thread: ThreadPost[]
  flags: Awaited<ReturnType<typeof flagsOf>>
  records: MemberRecord[]
  past: { history: PastDecision[]; similar: PastDecision[] }
  topic: { id: number; title: string } | undefined
  decisions: readonly Decision[]
}
type Typed = { values: Record<string, unknown>; errors: Record<string, string> }

/** One item with everything a moderator needs to decide it, on one page. */
export function presentItem(item: FoundItem, context: ItemContext, actor: Actor, t: Translate, form?: Typed) {
  const mayDecide = canDecideItem(actor, item)
  const marks = Array.isArray(item.facts.marks) ? item.facts.marks.filter(mark => typeof mark === 'string') : []
  return {
    id: item.id,
    action: `/moderation/${item.id}`,
    kind: kindLabel(item.kind, item.facts, t),
    why: whyOf(item.facts, t),
    isGrave: item.tier === 1,
    alarm: item.decidedAt ? undefined : alarmOf(item.openedAt, t),
    openedAt: item.openedAt,
    lease: { ...presentLease({ ...item, takenBy: item.by }, actor, t), mayTake: mayDecide && !item.decidedAt },
    topic: context.topic && { title: context.topic.title, path: topicPath(context.topic) },
    title: context.topic?.title ?? t(`moderation.about.${item.subject}`, { name: context.records[0]?.name ?? '' }),
    companies: item.companyIds.length > 0 ? t('moderation.item.companies') : t('moderation.item.noCompany'),
    meters: metersOf(item.facts, t),
    words: typeof item.facts.words === 'string' ? item.facts.words : undefined,
    thread: context.thread.map(post => presentThreadPost(post, item, marks, t)),
    flags: context.flags.map(({ flag, name, handle }) => ({
      name,
      path: `/u/${handle}`,
      why: t(`moderation.why.${flag.reason}`),
      words: flag.words,
      at: flag.flaggedAt,
    })),
    members: context.records.map(record => presentRecord(record, item, t)),
    history: context.past.history.map(past => presentPast(past, t)),
    similar: context.past.similar.map(past => presentPast(past, t)),
    decisions:
      mayDecide && !item.decidedAt
        ? context.decisions.map((decision, place) =>
            presentDecision(
              decision,
              sentencesOf(item, context.thread),
              t,
              isTyped(form, decision, place, context.decisions) ? form : undefined,
            ),
          )
        : [],
    obstacle: mayDecide || item.decidedAt ? undefined : t('moderation.errors.notYoursHint'),
    decided: item.decidedAt && item.decision ? presentDecided(item, context.decisions, mayDecide, t) : undefined,
    undonePossible: mayDecide,
    values: form?.values ?? {},
    errors: form?.errors ?? {},
  }
}

/** `facts.parts` as bars: a name and 0 to 100. */
function metersOf(facts: Record<string, unknown>, t: Translate) {
  const parts = Array.isArray(facts.parts) ? (facts.parts as { name: string; value: number }[]) : []
  return parts.map(({ name, value }) => {
    const rounded = Math.max(0, Math.min(100, Math.round(value)))
    return { label: t(`moderation.parts.${name}`), value: rounded }
  })
}

function presentThreadPost(post: ThreadPost, item: FoundItem, marks: string[], t: Translate) {
  const isSubject = item.subject === 'post' ? post.id === item.subjectId : false
  return {
    id: post.id,
    path: postLink(post),
    name: post.name,
    memberPath: `/u/${post.handle}`,
    kind: t(`moderation.posts.${post.kind}`),
    isSubject,
    parts: isSubject ? partsOf(post.text, marks) : [{ text: post.text }],
    at: new Date(post.createdAt),
    historyPath: post.revision > 1 ? `${postLink(post)}/history` : undefined,
    state: post.withdrawnAt
      ? t('moderation.posts.withdrawn')
      : post.heldAt
        ? t('moderation.posts.held')
        : post.hiddenAt
          ? t('moderation.posts.hidden')
          : undefined,
  }
}

/** A text cut where something in it is marked. */
export function partsOf(text: string, marks: string[]): { text: string; isMarked?: boolean }[] {
  const escaped = marks.filter(Boolean).map(mark => mark.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  if (escaped.length === 0) return [{ text }]
  const wanted = new RegExp(`(${escaped.join('|')})`, 'giu')
  return text
    .split(wanted)
    .map((part, place) => (place % 2 ? { text: part, isMarked: true } : { text: part }))
    .filter(({ text }) => text)
}

function presentRecord(record: MemberRecord, item: FoundItem, t: Translate) {
  const flagged = record.upheld + record.declined
  return {
    name: record.name,
    path: recordPath(record),
    role: t(record.id === item.aboutId ? 'moderation.members.writer' : 'moderation.members.other'),
    level: t('levels.short', { level: record.level }),
    since: new Date(record.createdAt),
    posts: record.posts >= 100 ? '100+' : String(record.posts),
    hidden: t('moderation.members.hidden', { count: record.hidden }),
    flags: flagged > 0 ? t('moderation.members.flags', { upheld: record.upheld, count: flagged }) : undefined,
    isSuspended: record.suspendedUntil !== null && new Date(record.suspendedUntil).getTime() > Date.now(),
  }
}

const presentPast = (past: PastDecision, t: Translate) => ({
  path: `/moderation/${past.id}`,
  kind: t(`moderation.kinds.${past.kind}`),
  title: past.title ?? '',
  decision: t(`moderation.decisions.${past.decision}`),
  reason: past.reason ? t(`moderation.why.${past.reason}`) : '',
  words: past.words,
  by: past.by,
  at: new Date(past.decidedAt),
})

/** What was typed is shown again in the decision it was typed for; where that is not known, in the first. */
const isTyped = (form: Typed | undefined, { name }: Decision, place: number, all: readonly Decision[]) =>
  form !== undefined && (form.values.decision === name || (place === 0 && !all.some(each => each.name === form.values.decision)))

function presentDecision({ name, key, reasons, marks }: Decision, sentences: string[], t: Translate, form?: Typed) {
  const isChosen = form !== undefined
  return {
    name,
    key: key.toUpperCase(),
    label: t(`moderation.decisions.${name}`),
    hint: t(`moderation.decisionHints.${name}`),
    isChosen,
    reasons: reasons.map(value => ({
      value,
      label: t(`moderation.why.${value}`),
      isChosen: form?.values.reason === value,
    })),
    sentences:
      marks && sentences.length > 1 ? sentences.map(text => ({ text, isChosen: isChosen && form?.values.mark === text })) : undefined,
    words: isChosen ? form?.values.words : '',
    errors: isChosen ? form?.errors : undefined,
  }
}

/** The sentences of the post an item is about, to point at one. */
function sentencesOf(item: FoundItem, thread: ThreadPost[]): string[] {
  const post = thread.find(({ id }) => item.subject === 'post' && id === item.subjectId)
  return [...new Set((post?.text ?? '').split(/(?<=[\u3002\uff01\uff1f!?])|(?<=\.)\s|\n+/u).map(text => text.trim()))]
    .filter(Boolean)
    .slice(0, 30)
}

function presentDecided(item: FoundItem, decisions: readonly Decision[], mayDecide: boolean, t: Translate) {
  const isUndone = item.undoneAt !== null
  return {
    by: item.by ?? t('moderation.audit.itself'),
    decision: t(`moderation.decisions.${item.decision}`),
    reason: item.reason ? t(`moderation.why.${item.reason}`) : '',
    words: item.words,
    mark: typeof item.facts.mark === 'string' ? item.facts.mark : undefined,
    at: item.decidedAt,
    isUndone,
    canUndo: mayDecide && !isUndone && decisions.some(({ name, undo }) => name === item.decision && undo !== undefined),
  }
}
