import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Busy } from './errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Gives this request's turn to who waits longest; once. */
    endTurn?: () => void
  }
  interface FastifyContextConfig {
    /** Is answered at once whatever else is under way. */
    ahead?: boolean
  }
}

/** Pages made at once: enough to keep PostgreSQL busy, few enough that each is soon done and memory is bounded. */
const AT_ONCE = 8
/** Milliseconds after which one who waited is told to come again: by then he has pressed «reload». */
const PATIENCE = 1_000

/**
 * Makes so many pages at once; more wait in line, first come, first served, and who waited too long gets a 503 with Retry-After.
 * Only for what has no body: a slow sender must not hold a turn. See docs/decisions/005-speed.md.
 */
export function takeTurns(app: FastifyInstance, { atOnce = AT_ONCE, patience = PATIENCE } = {}): void {
  const line = new Set<() => void>()
  let underWay = 0

  app.addHook('onRequest', (request, reply, done) => {
    if (!waits(request)) return done()
    const begin = () => {
      underWay += 1
      request.endTurn = () => {
        request.endTurn = undefined
        underWay -= 1
        const [next] = line
        next?.()
      }
      // Whoever leaves before his page is made has no onSend.
      reply.raw.once('close', () => request.endTurn?.())
      done()
    }
    if (underWay < atOnce) return begin()
    const leave = (goOn: () => void) => {
      clearTimeout(timer)
      line.delete(take)
      goOn()
    }
    const take = () => leave(begin)
    const timer = setTimeout(() => leave(() => done(new Busy())), patience)
    line.add(take)
  })
  // What is made is sent at the reader's pace, which is no work of ours.
  app.addHook('onSend', async request => request.endTurn?.())
}

function waits({ method, url, routeOptions: { config } }: FastifyRequest): boolean {
  return method === 'GET' && !config?.ahead && !url.startsWith('/assets/')
}
