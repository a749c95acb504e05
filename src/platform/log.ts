import { pino } from 'pino'

/** What the rest of the forum needs of a logger. */
export type Log = Pick<ReturnType<typeof openLog>, 'info' | 'warn' | 'error' | 'debug'>

/** Opens the process's log: JSON lines on stdout. Secrets and what people typed never reach it. */
export function openLog(level: string) {
  return pino({
    level,
    base: undefined,
    serializers: { req: request => ({ method: request.method, path: pathOf(request) }), err: tellable },
  })
}

type Asked = { routeOptions?: { url?: string }; params?: Partial<Record<string, unknown>> }

/** An address may hold a one-time token or a word somebody typed: its route is told, filled with numbers alone. */
function pathOf({ routeOptions, params }: Asked): string {
  return (routeOptions?.url ?? '').replace(/:(\w+)/g, (part, name) =>
    /^\d{1,15}$/.test(String(params?.[name])) ? `${params?.[name]}` : part,
  )
}

/** The same error as far as it may be told; for places that keep an error's message. */
export function withoutWords(error: unknown): Error {
  if (!(error instanceof Error)) return new Error('something that is no error was thrown')
  const { message, stack } = tellable(error)
  const told = new Error(message)
  told.stack = stack
  return told
}

type Told = { name: string; message: string; code?: string; stack?: string; cause?: Told }

/** Database errors repeat the values of the statement: keep what failed, drop what was written. */
function tellable(error: Error & { code?: string; cause?: unknown }): Told {
  const cause = error.cause instanceof Error ? tellable(error.cause) : undefined
  const message = tellableMessage(error)
  // By function: a message may hold what `replace` takes for a pattern.
  return { name: error.name, message, code: error.code, stack: error.stack?.replace(error.message, () => message), cause }
}

/** Class 22 of PostgreSQL's errors (data exceptions) quotes the very value; every other kind has it among the parameters only. */
function tellableMessage({ message, code }: Error & { code?: string }): string {
  const withoutParameters = message.replace(/\nparams:[\s\S]*$/, '')
  return code?.startsWith('22') ? withoutParameters.replace(/"[\s\S]*"/, '"…"') : withoutParameters
}
