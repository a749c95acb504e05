/** Message keys by form field, e.g. `{ title: 'topics.title.tooShort' }`; shown at the field by the error handler. */
export type FieldErrors = Record<string, string | { key: string; values: Record<string, string | number> }>

/** What was asked for is not there, or may not be seen by this actor: 404 either way, so nothing is given away. */
export class Missing extends Error {
  override name = 'Missing'
}

/** What was asked for stands at another address now: a reader is led there (302); who was writing keeps his words (409). */
export class Elsewhere extends Error {
  override name = 'Elsewhere'
  path: string
  constructor(path: string) {
    super(path)
    this.path = path
  }
}

/** The actor may not do this: 403 with a sentence from the locales that says why. */
export class Refused extends Error {
  override name = 'Refused'
  reason: string
  constructor(reason: string) {
    super(reason)
    this.reason = reason
  }
}

/** The input cannot be accepted: 422, each message at its field, the text kept. */
export class Invalid extends Error {
  override name = 'Invalid'
  fields: FieldErrors
  constructor(fields: FieldErrors) {
    super(Object.keys(fields).join(', '))
    this.fields = fields
  }
}

/** Somebody else changed it in between: 409. `current` is what the page needs to offer a merge. */
export class Conflict extends Error {
  override name = 'Conflict'
  reason: string
  current: unknown
  constructor(reason: string, current?: unknown) {
    super(reason)
    this.reason = reason
    this.current = current
  }
}

/** Asked too often: 429 with Retry-After. `retryAfter` is in seconds; `fields` says more than the common sentence, at the fields. */
export class TooMany extends Error {
  override name = 'TooMany'
  retryAfter: number
  fields?: FieldErrors
  constructor(retryAfter: number, fields?: FieldErrors) {
    super('too many')
    this.retryAfter = retryAfter
    this.fields = fields
  }
}

/** Too much is asked of the forum at once: 503 with Retry-After. */
export class Busy extends Error {
  override name = 'Busy'
}

/** What was sent cannot be kept because the store is full: 507, and nothing of it was kept. */
export class NoRoom extends Error {
  override name = 'NoRoom'
}

/** Throws `Refused(reason)` unless `allowed`. The first line of a verb. */
export function ensure(allowed: boolean, reason: string): asserts allowed {
  if (!allowed) throw new Refused(reason)
}
