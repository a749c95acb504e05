import { sessionRoutes } from './accounts/routes/session.ts'
import { healthRoutes } from './health_routes.ts'
import type { Services } from './platform/services.ts'
import type { App } from './platform/web.ts'
import { reactionRoutes } from './reactions/routes.ts'
import { searchRoutes } from './search/routes.ts'
import { keepDraft } from './topics/drafts.ts'
import { draftPath } from './topics/paths.ts'
import { askRoutes } from './topics/routes/asking.ts'
import { besideRoutes } from './topics/routes/beside.ts'
import { draftRoutes } from './topics/routes/drafts.ts'
import { editingRoutes } from './topics/routes/editing.ts'
import { listRoutes } from './topics/routes/lists.ts'
import { postRoutes } from './topics/routes/posts.ts'
import { topicRoutes } from './topics/routes/topic.ts'

/** What can be asked: which door is mounted where. */
export async function mountRoutes(app: App, services: Services): Promise<void> {
  await healthRoutes(app, services)
  await sessionRoutes(app, services, async (db, actor, place, content) => {
    await keepDraft(db, actor, place, content)
    return draftPath(place)
  })
  await listRoutes(app, services)
  await topicRoutes(app, services)
  await askRoutes(app, services)
  await postRoutes(app, services)
  await besideRoutes(app, services)
  await draftRoutes(app, services)
  await editingRoutes(app, services)
  await reactionRoutes(app, services)
  await searchRoutes(app, services)
}
