import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FormAgain } from '../../platform/web_errors.ts'

/** What the log-in page carries along: where to go afterwards, and words that must not be lost. */
export type Carried = { next?: string; draftPlace?: string; draft?: string }

/** The log-in page, also shown in place of a page or a write that needs an account. */
export function showLogin(
  request: FastifyRequest,
  reply: FastifyReply,
  model: Carried & Partial<FormAgain> & { needed?: boolean },
): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .page('accounts/login', { title: request.t('accounts.login.title'), noIndex: true, ...model })
}
