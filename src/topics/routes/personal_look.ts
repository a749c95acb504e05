import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { findPersonal, masked } from '../../moderation/personal/finding.ts'
import { presentPersonal } from '../../moderation/personal/present.ts'

/** What a form says whose writer was shown the personal data in it: hide it, or let a moderator look at it as it is. */
export const PersonalChoice = { personal: Type.Optional(Type.String({ maxLength: 10 })) }
type Sent = { personal?: string }

/** Where the form goes, which of its fields are words, and where its writer can hand something to the company alone. */
type Form<Body> = { action: string; body: Body; fields: (keyof Body & string)[]; sealPath?: string }

/**
 * Posts what was written, or shows its writer the personal data in it first: one press hides it, or he changes it himself; what he means
 * to show as it is waits for a moderator (`isMeant`), and a card number cannot be shown at all. Nothing typed is lost.
 */
export async function onPersonal<Body extends Sent & Record<string, unknown>>(
  request: FastifyRequest,
  reply: FastifyReply,
  { action, body, fields, sealPath }: Form<Body>,
  post: (body: Body, isMeant: boolean) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  const { t } = request
  const texts = fields.map(name => ({ name, text: typeof body[name] === 'string' ? String(body[name]) : '' }))
  const found = texts.flatMap(({ text }) => findPersonal(text))
  if (found.length === 0) return post(body, false)
  if (body.personal === 'mask') {
    const hidden = texts.map(({ name, text }) => [name, masked(text, kind => t(`personal.masked.${kind}`))])
    return post({ ...body, ...Object.fromEntries(hidden) }, false)
  }
  if (body.personal === 'as_is' && !found.some(({ kind }) => kind === 'card')) return post(body, true)
  const others = Object.entries(body).filter(([name, value]) => !['body', 'personal'].includes(name) && value !== undefined)
  return reply
    .code(422)
    .header('cache-control', 'no-store')
    .page('moderation/personal', {
      title: t('personal.title'),
      noIndex: true,
      action,
      sealPath,
      ...presentPersonal(texts, t),
      hidden: others.map(([name, value]) => ({ name, value })),
      values: { body: body.body },
      errors: {},
    })
}
