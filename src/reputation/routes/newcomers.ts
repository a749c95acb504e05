import { type Static, Type } from 'typebox'
import { finishTour, switchGuide } from '../../accounts/newcomer.ts'
import { hasPrivilege, PRIVILEGES } from '../../accounts/policy.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { keepDraft } from '../../topics/drafts.ts'
import { composeGuided } from '../../topics/guided.ts'
import { presentTopicLine } from '../../topics/present.ts'
import { listFirstWaiting } from '../../topics/queries.ts'
import { joinMentors, leaveMentors } from '../mentoring.ts'

const On = Type.Object({ on: Type.Union([Type.Literal('yes'), Type.Literal('no')]) })
const Paged = Type.Object({ after: Type.Optional(Type.String({ maxLength: 80 })) })

/** What the forum does for those who are new, and for those who help them. */
export async function newcomerRoutes(app: App, { db }: Services): Promise<void> {
  const members = { config: { access: 'members' } as const }

  app.post('/me/tour', members, async ({ actor }, reply) => {
    await finishTour(db, actor)
    return reply.see('/')
  })

  // What was written goes along: the answers to the guide become the beginning of the body.
  app.post<{ Querystring: Static<typeof On> }>(
    '/me/guide',
    { config: { access: 'members', draftPlace: () => 'ask' }, schema: { querystring: On } },
    async ({ actor, query, body, t }, reply) => {
      const { draftKey, guided, happened, tried, product, body: text = '', ...rest } = textsIn(body)
      const on = query.on === 'yes'
      const written = [text, composeGuided({ happened, tried, product }, t)].filter(part => part.trim()).join('\n\n')
      await keepDraft(
        db,
        actor,
        'ask',
        { ...rest, ...(on ? { guided: 'yes', happened: written } : { guided: '', body: written }) },
        draftKey,
      )
      await switchGuide(db, actor, on)
      return reply.see('/ask')
    },
  )

  app.get<{ Querystring: Static<typeof Paged> }>(
    '/people/mentoring',
    { ...members, schema: { querystring: Paged } },
    async (request, reply) => {
      const { actor, query, preferences, t } = request
      const page = await listFirstWaiting(db, actor, query.after)
      return reply.page('people/mentoring', {
        title: t('mentoring.title'),
        at: 'people',
        noIndex: true,
        mentors: actor.mentors,
        mayMentor: hasPrivilege(actor, 'mentor'),
        needsText: t('mentoring.needs', { level: PRIVILEGES.mentor }),
        topics: page.rows.map(row => presentTopicLine(row, preferences.locale, t)),
        nextPath: page.next && `/people/mentoring?after=${encodeURIComponent(page.next)}`,
      })
    },
  )
  app.post('/people/mentoring', members, async ({ actor }, reply) => {
    await joinMentors(db, actor)
    return reply.flash('mentorJoined').see('/people/mentoring')
  })
  app.delete('/people/mentoring', members, async ({ actor }, reply) => {
    await leaveMentors(db, actor)
    return reply.flash('mentorLeft').see('/people/mentoring')
  })
}

/** The texts of a form that was sent halfway; anything else is dropped. */
function textsIn(body: unknown): Record<string, string> {
  const entries = Object.entries(typeof body === 'object' && body !== null ? body : {})
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
