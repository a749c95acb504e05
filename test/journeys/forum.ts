import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Actor } from '../../src/accounts/actor.ts'
import { eventTasks } from '../../src/event_jobs.ts'
import { noticeTasks } from '../../src/notifications/effects.ts'
import { renderForSite } from '../../src/platform/html.ts'
import { startWorker } from '../../src/platform/jobs.ts'
import { clockTasks } from '../../src/schedule.ts'
import { startTestApp, type TestApp } from '../app.ts'

/** The whole forum as people meet it: web on a port of its own, with a worker that follows up what happens. */
export type Forum = TestApp & {
  /** Its address, without a slash at its end. */
  site: string
  /** Logs this page's browser in as somebody. */
  enter(page: Page, person: Actor): Promise<void>
}

/** Starts the forum on a free port of this machine. Call `close` in `afterAll`. `environment` overrides settings. */
export async function startForum(environment: Record<string, string> = {}): Promise<Forum> {
  const forum = await startTestApp(environment)
  const { services, database, app } = forum
  const site = await app.listen({ port: 0, host: '127.0.0.1' })
  services.siteUrl = site
  renderForSite(site)
  const { tasks, clock } = clockTasks(services)
  const worker = await startWorker({
    url: database.url,
    db: services.db,
    tasks: { ...eventTasks(services), ...noticeTasks(services), ...tasks },
    clock,
    log: services.log,
  })
  return {
    ...forum,
    site,
    async enter(page, person) {
      const { cookies } = await forum.as(person)
      await page.context().addCookies([...cookies].map(([name, value]) => ({ name, value, url: site, httpOnly: true, sameSite: 'Lax' })))
    },
    async close() {
      await worker.stop()
      await forum.close()
    },
  }
}

/** Repeats `look` until it does not throw; for what follows from a write a moment later (search, mail). */
export const soon = (look: () => Promise<unknown>) => expect.poll(() => look().then(() => 'seen', String), { timeout: 8_000 }).toBe('seen')
