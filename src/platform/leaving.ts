import type { Server, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

/** Time for readers to go: kept connections are told with their next answer, and what is still idle then is closed. */
const READERS_GO = 3_000
/** A load balancer may be slow to look at `/readyz`: the door stays open until nobody has asked for this long, within bounds. */
const QUIET_FOR = 1_000
const DOOR_CLOSES = 10_000
const REQUESTS_MAY_TAKE = 10_000
const LOOK_EVERY = 25

/**
 * Prepares a server to be left without a failed request. An idle connection that is closed may have a request on its way already, and
 * a door that shuts turns away whoever stands in it, so `leave` first answers everything, telling each connection to close, until nobody
 * asks any more; then `close` (the app's own) ends what is left.
 */
export function prepareToLeave(server: Server): {
  isLeaving(): boolean
  /** Called as soon as leaving begins: who holds lines open lets go of them. */
  onLeave(letGo: () => void): void
  leave(close: () => Promise<unknown>): Promise<void>
} {
  const underWay = new Set<ServerResponse>()
  let leaving = false
  let lastAsked = 0
  const letsGo: (() => void)[] = []
  server.prependListener('request', ({ url }, response) => {
    if (url !== '/readyz' && url !== '/healthz') lastAsked = performance.now()
    underWay.add(response)
    response.once('close', () => underWay.delete(response))
    if (leaving) response.setHeader('connection', 'close')
  })

  async function readersGone(): Promise<void> {
    leaving = true
    for (const letGo of letsGo) letGo()
    for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close')
    const begin = performance.now()
    while ((await openConnections(server)) > 0 || isBusy()) {
      const waited = performance.now() - begin
      if (waited > DOOR_CLOSES || (waited > READERS_GO && !isBusy())) return
      await pause(LOOK_EVERY)
    }
  }

  const isBusy = () => performance.now() - lastAsked < QUIET_FOR

  return {
    isLeaving: () => leaving,
    onLeave: letGo => void letsGo.push(letGo),
    async leave(close) {
      await readersGone()
      const closed = close()
      const patience = setTimeout(() => server.closeAllConnections(), REQUESTS_MAY_TAKE)
      await closed.finally(() => clearTimeout(patience))
    },
  }
}

const openConnections = (server: Server) =>
  new Promise<number>(resolve => server.getConnections((error, count) => resolve(error ? 0 : count)))
