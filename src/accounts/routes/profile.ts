import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { inGroups } from '../../boards/groups.ts'
import { presentGroups } from '../../boards/present.ts'
import { listBoards } from '../../boards/queries.ts'
import { presentWork } from '../../companies/present.ts'
import { companiesOf } from '../../companies/queries.ts'
import { canSeeRecord } from '../../moderation/sanctions/policy.ts'
import { recordPath } from '../../moderation/sanctions/present.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { listBadgesOf } from '../../reputation/badge_queries.ts'
import { listSkills } from '../../reputation/helper_queries.ts'
import { presentNext, presentStanding } from '../../reputation/present.ts'
import { presentGrants } from '../../reputation/present_badges.ts'
import { presentSkills } from '../../reputation/present_skills.ts'
import { factsOf } from '../../reputation/queries.ts'
import { activityOf } from '../../topics/activity.ts'
import { countsOf, listAnswersBy } from '../../topics/by_member.ts'
import { postLink, topicPath } from '../../topics/paths.ts'
import { presentCapacity, presentTopicLine } from '../../topics/present.ts'
import { listTopicsBy } from '../../topics/queries.ts'
import { visibleTo } from '../actor.ts'
import { canIgnore } from '../ignoring.ts'
import { presentCalendar } from '../present_calendar.ts'
import { presentCounts } from '../present_counts.ts'
import { memberPath, presentMember } from '../present_member.ts'
import { editProfile } from '../profile.ts'
import { PARTS, type Part, showParts } from '../profile_parts.ts'
import { findAccount, findMember } from '../queries.ts'

const ProfileForm = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  about: Type.String({ maxLength: 4000, default: '' }),
  boardIds: Type.Array(Type.Integer({ minimum: 1 }), { maxItems: 200, default: [] }),
})
const Pages = Type.Object({ list: Type.Optional(Type.String()), after: Type.Optional(Type.String({ maxLength: 80 })) })
const PartsForm = Type.Object({ parts: Type.Array(Type.String({ maxLength: 20 }), { maxItems: 30, default: [] }) })
type Member = { Params: { handle: string }; Querystring: Static<typeof Pages> }

/** Members as others see them, and the page where one changes that. */
export async function profileRoutes(app: App, { db }: Services): Promise<void> {
  app.get<Member>('/u/:handle', { config: { access: 'everyone' }, schema: { querystring: Pages } }, async (request, reply) => {
    const { actor, params, query, preferences, t } = request
    const account = await findMember(db, params.handle)
    const isSelf = actor.id === account.id
    const shows = (part: Part) => isSelf || !account.hiddenParts.includes(part)
    const answers = query.list === 'answers'
    const [counts, topics, given, skills, days, badges, facts] = await Promise.all([
      shows('solved') || shows('thanks') ? countsOf(db, account.id) : undefined,
      shows('posts') && !answers ? listTopicsBy(db, actor, account.id, query.after) : undefined,
      shows('posts') && answers ? listAnswersBy(db, actor, account.id, query.after) : undefined,
      shows('skills') ? listSkills(db, account.id, visibleTo(actor)) : undefined,
      shows('calendar') ? activityOf(db, actor, account.id) : undefined,
      shows('badges') ? listBadgesOf(db, account.id) : undefined,
      isSelf ? factsOf(db, [account.id]) : undefined,
    ])
    const ownFacts = facts?.get(account.id)
    const works = account.represents ? await companiesOf(db, account.id) : []
    const member = presentMember(account, t)
    const next = (topics ?? given)?.next
    return reply.page('members/show', {
      title: t('people.named', { name: account.name }),
      description: account.about.slice(0, 120),
      noIndex: !account.confirmedAt,
      member,
      standing: shows('level') ? presentStanding(account, preferences.locale, t) : undefined,
      isSelf,
      ignoring: {
        may: canIgnore(actor, account),
        isIgnored: actor.ignores.includes(account.id),
        isBlocked: actor.blocks.includes(account.id),
      },
      recordPath: canSeeRecord(actor) && !isSelf ? recordPath(account) : undefined,
      nextLevel: ownFacts && presentNext(ownFacts, t),
      companies: works.map(company => presentWork(company, preferences.locale, t)),
      counts: counts && presentCounts(account, counts, shows, t),
      skills: skills && presentSkills(skills, t),
      calendar: days && presentCalendar(days, t),
      badges: badges && presentGrants(badges, t),
      certification: shows('certification') ? member.mark : undefined,
      keepsToHimself: isSelf ? Object.fromEntries(account.hiddenParts.map(part => [part, true])) : undefined,
      tabs:
        shows('posts') &&
        ['topics', 'answers'].map(list => ({
          label: t(`members.${list}`),
          path: list === 'topics' ? member.path : `${member.path}?list=${list}`,
          isCurrent: (list === 'answers') === answers,
        })),
      topics: topics?.rows.map(row => presentTopicLine(row, preferences.locale, t)),
      answers: given?.rows.map(row => ({
        ...row,
        company: presentCapacity(row.capacity, preferences.locale, t),
        path: postLink(row),
        topicPath: topicPath(row.topic),
      })),
      emptyText: t(answers ? 'members.noAnswers' : 'members.noTopics'),
      nextPath: next && `${memberPath(account)}?list=${answers ? 'answers' : 'topics'}&after=${encodeURIComponent(next)}`,
    })
  })

  app.get('/me/profile', { config: { access: 'members' } }, (request, reply) => showProfile(request, reply))

  app.post<{ Body: Static<typeof ProfileForm> }>(
    '/me/profile',
    { config: { access: 'members' }, schema: { body: ProfileForm }, errorHandler: showAgain(showProfile) },
    async ({ actor, body }, reply) => {
      const known = new Set((await listBoards(db, actor)).map(({ id }) => id))
      await editProfile(db, actor, { ...body, boardIds: body.boardIds.filter(id => known.has(id)) })
      return reply.flash('saved').see('/me/profile')
    },
  )

  app.post<{ Body: Static<typeof PartsForm> }>(
    '/me/profile/parts',
    { config: { access: 'members' }, schema: { body: PartsForm }, errorHandler: showAgain(showProfile) },
    async ({ actor, body }, reply) => {
      await showParts(db, actor, body.parts)
      return reply.flash('saved').see('/me/profile')
    },
  )

  async function showProfile(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, preferences, t } = request
    const [account, boards] = await Promise.all([findAccount(db, actor.id), listBoards(db, actor)])
    const typed = form?.values
    const chosen = new Set((typed ? [typed.boardIds ?? []].flat() : account.boardIds).map(Number))
    const groups = presentGroups(inGroups(boards), preferences.locale).map(group => ({
      ...mark(group),
      children: group.children.map(mark),
    }))
    function mark<Board extends { id: number }>(board: Board) {
      return { ...board, isChosen: chosen.has(board.id) }
    }
    const model = {
      member: presentMember(account, t),
      groups,
      parts: PARTS.map(part => ({ part, label: t(`me.parts.${part}`), isShown: !account.hiddenParts.includes(part) })),
      values: { name: account.name, about: account.about, ...typed },
      errors: form?.errors,
      errorList: form?.errorList,
    }
    return reply.page('me/profile', { title: t('me.profile.title'), at: 'me', place: 'profile', noIndex: true, ...model })
  }
}
