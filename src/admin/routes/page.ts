import type { FastifyReply, FastifyRequest } from 'fastify'

/** Shows one of the operator's pages; `place` is marked in their navigation. */
export function showAdmin(
  request: FastifyRequest,
  reply: FastifyReply,
  view: string,
  place: string,
  model: Record<string, unknown> = {},
): FastifyReply {
  const title = typeof model.title === 'string' ? model.title : request.t(`admin.${place}.title`)
  return reply.header('cache-control', 'no-store').page(`admin/${view}`, { title, place, noIndex: true, ...model })
}
