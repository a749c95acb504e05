import type { FastifyReply, FastifyRequest } from 'fastify'
import { presentManaging } from '../../companies/present.ts'
import type { CompanyRow } from '../../companies/schema.ts'

/** Shows one of the pages on which a company looks after its guarantees. */
export function showManaging(
  { actor, t }: FastifyRequest,
  reply: FastifyReply,
  company: CompanyRow,
  view: string,
  model: Record<string, unknown>,
): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .page(`guarantees/${view}`, { ...presentManaging(company, actor, 'guarantees', t), ...model })
}
