import { pino } from 'pino'

/** What the rest of the forum needs of a logger. */
export type Log = Pick<ReturnType<typeof openLog>, 'info' | 'warn' | 'error' | 'debug'>

/** Opens the process's log: JSON lines on stdout. Secrets and what people typed never reach it. */
export function openLog(level: string) {
  return pino({
    level,
    base: undefined,
    serializers: { req: request => ({ method: request.method, path: withoutSecrets(request.url) }), err: withoutParameters },
  })
}

/** Query strings may carry one-time tokens, so only the path is kept, and in it no token either. */
function withoutSecrets(url = ''): string {
  return url.replace(/\?.*$/, '').replace(/[A-Za-z0-9_-]{32,}/g, '…')
}

/** Database errors repeat the values of the statement: keep what failed, drop what was written. */
function withoutParameters(error: Error & { code?: string; cause?: unknown }): object {
  const cause = error.cause instanceof Error ? withoutParameters(error.cause) : undefined
  const message = error.message.replace(/\nparams:[\s\S]*$/, '')
  return { name: error.name, message, code: error.code, stack: error.stack?.replace(error.message, message), cause }
}
