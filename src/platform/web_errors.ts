import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { isDatabaseAway } from './db.ts'
import { Busy, Conflict, Elsewhere, type FieldErrors, Invalid, Missing, NoRoom, Refused, TooMany } from './errors.ts'
import { type Translate, translator } from './i18n.ts'
import { guestPreferences } from './preferences.ts'

/** What a form shows again: what was typed, and a sentence at each field that needs another look. */
export type FormAgain = { values: Record<string, unknown>; errors: Record<string, string>; errorList: { field: string; text: string }[] }

type Problem = { status: number; key: string; retryAfter?: number }

/** The one place where errors become answers: a page for people, JSON for machines. Nothing unknown is told, only logged. */
export async function showError(error: Error, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (error instanceof Elsewhere && request.method === 'GET') return reply.header('cache-control', 'no-store').redirect(error.path, 302)
  const problem = problemOf(error)
  if (problem.status >= 500 && !(error instanceof Busy)) request.log.error({ err: error, req: request }, 'request failed')
  if (problem.retryAfter) reply.header('retry-after', problem.retryAfter)
  reply.code(problem.status).header('cache-control', 'no-store')
  const fields = fieldErrors(error)
  const t = request.t ?? translator(guestPreferences(request).locale)
  if (wantsJson(request))
    return reply.send({ error: problem.key, message: t(problem.key), ...(fields && { fields: sentences(t, fields) }) })
  // Nobody knows yet who asks: a sentence, without the frame of a page.
  if (!request.preferences) return reply.type('text/plain; charset=utf-8').send(`${t(problem.key)}\n${t(`${problem.key}Hint`)}\n`)
  const errors = fields ? Object.values(sentences(t, fields)) : undefined
  return reply.page('error', {
    title: t(problem.key),
    code: problem.status,
    message: t(problem.key),
    hint: t(`${problem.key}Hint`),
    errors,
    words: wordsIn(request),
    noIndex: true,
  })
}

/** What somebody wrote and could not send: his page shows it, so that he can take it along. */
function wordsIn({ method, body }: FastifyRequest): unknown {
  return method === 'GET' ? undefined : typed(body).body
}

function problemOf(error: Error): Problem {
  if (error instanceof Missing) return { status: 404, key: 'errors.missing' }
  if (error instanceof Elsewhere) return { status: 409, key: 'errors.elsewhere' }
  if (error instanceof Refused) return { status: 403, key: error.reason }
  if (error instanceof Invalid) return { status: 422, key: 'errors.invalid' }
  if (error instanceof Conflict) return { status: 409, key: error.reason }
  if (error instanceof TooMany) return { status: 429, key: 'errors.tooMany', retryAfter: error.retryAfter }
  if (error instanceof NoRoom) return { status: 507, key: 'errors.noRoom' }
  if (error instanceof Busy) return { status: 503, key: 'errors.away', retryAfter: 5 }
  if (isDatabaseAway(error)) return { status: 503, key: 'errors.away', retryAfter: 5 }
  const { statusCode = 500, validation, validationContext } = error as FastifyError
  // An address that cannot be one of ours is a page that is not there.
  if (validation && validationContext === 'params') return { status: 404, key: 'errors.missing' }
  if (validation) return { status: 422, key: 'errors.invalid' }
  if (statusCode === 429) return { status: 429, key: 'errors.tooMany', retryAfter: 60 }
  if (statusCode === 413) return { status: 413, key: 'errors.tooLarge' }
  if (statusCode === 404) return { status: 404, key: 'errors.missing' }
  return statusCode < 500 ? { status: statusCode, key: 'errors.invalid' } : { status: 500, key: 'errors.broken' }
}

/** Messages by field from what a verb threw or from the shape check of the route. */
export function fieldErrors(error: Error): FieldErrors | undefined {
  if (error instanceof Invalid || error instanceof TooMany) return error.fields
  const { validation } = error as FastifyError
  if (!validation) return undefined
  return Object.fromEntries(
    validation.map(({ instancePath, keyword, params }) => [fieldOf(instancePath, params), shapeMessage(keyword, params)]),
  )
}

function fieldOf(instancePath: string, params: Record<string, unknown>): string {
  const missing = typeof params.missingProperty === 'string' ? params.missingProperty : undefined
  return missing ?? (instancePath.split('/')[1] || 'form')
}

function shapeMessage(keyword: string, params: Record<string, unknown>): FieldErrors[string] {
  const limit = Number(params.limit)
  if (keyword === 'maxLength') return { key: 'form.tooLong', values: { limit } }
  if (keyword === 'minLength') return limit <= 1 ? 'form.required' : { key: 'form.tooShort', values: { limit } }
  return keyword === 'required' ? 'form.required' : 'form.wrong'
}

/** The reader's sentences for a set of field errors. */
export function sentences(t: Translate, fields: FieldErrors): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([field, error]) => [field, typeof error === 'string' ? t(error) : t(error.key, error.values)]),
  )
}

/**
 * An error handler for a form's route: shows the form again with what was typed and the sentences at their fields (422, or 429).
 * Everything else goes on to the common handler.
 */
export function showAgain(show: (request: FastifyRequest, reply: FastifyReply, form: FormAgain) => Promise<FastifyReply> | FastifyReply) {
  return async (error: Error, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const fields = fieldErrors(error) ?? (error instanceof TooMany ? waitABit(error) : undefined)
    // An address that nobody gave out has no form behind it.
    const isAddress = 'validationContext' in error && error.validationContext === 'params'
    if (!fields || isAddress || wantsJson(request)) return showError(error, request, reply)
    if (error instanceof TooMany) reply.header('retry-after', error.retryAfter)
    const errors = sentences(request.t, fields)
    const errorList = Object.entries(errors).map(([field, text]) => ({ field, text }))
    reply.code(error instanceof TooMany ? 429 : 422).header('cache-control', 'no-store')
    return show(request, reply, { values: typed(request.body), errors, errorList })
  }
}

/** What an open page can say in its own place, instead of a page of errors: the status and a sentence, where it is the reader's to mend. */
export function sayInPlace(error: Error, request: FastifyRequest): { status: number; text: string } | undefined {
  const { status, key } = problemOf(error)
  const wantsStream = request.headers.accept?.includes('text/vnd.turbo-stream.html')
  if (!wantsStream || status >= 500) return undefined
  const fields = fieldErrors(error) ?? (error instanceof TooMany ? waitABit(error) : undefined)
  const [text = request.t(key)] = fields ? Object.values(sentences(request.t, fields)) : []
  return { status, text }
}

const waitABit = ({ retryAfter }: TooMany): FieldErrors => ({
  form: { key: 'errors.tooManyFor', values: { minutes: Math.ceil(retryAfter / 60) } },
})

/** What was typed, without anything secret: a password is never sent back. */
function typed(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null) return {}
  const kept = Object.entries(body).filter(([name, value]) => !/password|token|code/i.test(name) && [value].flat().every(isPlain))
  return Object.fromEntries(kept)
}

/** A program may send anything; a page shows texts and numbers. */
const isPlain = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value)

function wantsJson({ url, headers }: FastifyRequest): boolean {
  return url.startsWith('/api/') || (headers.accept ?? '').startsWith('application/json')
}
