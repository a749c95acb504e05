import { type Static, Type } from 'typebox'
import { mondayOf, presentNudges, presentUnwarned, presentWarned, weeksBeside } from '../../moderation/heat/present.ts'
import { nudgesIn, unwarnedIn, warnedIn } from '../../moderation/heat/queries.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { showAdmin } from './page.ts'

const Query = Type.Object({ week: Type.Optional(Type.String({ maxLength: 20 })) })

/** The operator's week: what was warned of, what flared up unwarned, and whether asking writers to look again helps. */
export async function calmRoutes(app: App, { db }: Services): Promise<void> {
  app.get<{ Querystring: Static<typeof Query> }>(
    '/admin/calm',
    { config: { access: 'operators' }, schema: { querystring: Query } },
    async (request, reply) => {
      const { t, query } = request
      const monday = mondayOf(query.week)
      const [warned, unwarned, nudges] = await Promise.all([warnedIn(db, { monday }), unwarnedIn(db, { monday }), nudgesIn(db, { monday })])
      return showAdmin(request, reply, 'calm', 'calm', {
        ...weeksBeside(monday),
        figures: [
          { label: t('admin.calm.warnings'), value: warned.length },
          { label: t('admin.calm.falseAlarms'), value: warned.filter(({ isFalse }) => isFalse).length },
          { label: t('admin.calm.unwarned'), value: unwarned.length },
          { label: t('admin.calm.asked'), value: nudges.asked },
        ],
        warned: warned.map(each => presentWarned(each, t)),
        unwarned: unwarned.map(presentUnwarned),
        nudges: presentNudges(nudges),
      })
    },
  )
}
