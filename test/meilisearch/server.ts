import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { readFilter } from './filter.ts'
import { answerSearch, type Index, type Reply, type Stored, wrong } from './indexes.ts'

export type Asked = { method: string; path: string; query: URLSearchParams; body: unknown }
/** How it answers: as it should, late (milliseconds), with an error of its own, never, or not at all because nobody listens. */
export type Mood = 'well' | 'failing' | 'silent' | number

/**
 * A server that answers as the documentation of Meilisearch 1.50 shows it: the same addresses, fields, tasks and errors. It keeps what
 * it is given and finds by letters alone (see `indexes.ts`); a request that is not documented gets a 404 and fails the test.
 */
export type MeiliDouble = {
  url: string
  asked: Asked[]
  indexes: Map<string, Index>
  mood(mood: Mood): void
  /** Tasks wait until they are let go on. */
  holdTasks(hold: boolean): void
  /** Tasks of this type end as failed, with this code. */
  failTasks(type: string, code: string | undefined): void
  /** Stops listening and cuts what is connected; `up` listens on the same port again. */
  down(): Promise<void>
  up(): Promise<void>
}

const malformed = Symbol('malformed')
export const KEY = 'a-key-for-tests'

export async function startMeiliDouble(): Promise<MeiliDouble> {
  const asked: Asked[] = []
  const indexes = new Map<string, Index>()
  const tasks: Stored[] = []
  const failing = new Map<string, string>()
  let mood: Mood = 'well'
  let held = false
  let port = 0
  const at = () => new Date().toISOString()

  /** Enqueues a task and does it, in order, unless tasks are held. */
  function enqueue(type: string, indexUid: string | null, work: () => void): Reply {
    const uid = tasks.length
    tasks.push({
      uid,
      batchUid: null,
      indexUid,
      status: 'enqueued',
      type,
      canceledBy: null,
      error: null,
      duration: null,
      enqueuedAt: at(),
      startedAt: null,
      finishedAt: null,
      work,
    })
    if (!held) workOff()
    return { status: 202, body: { taskUid: uid, indexUid, status: 'enqueued', type, enqueuedAt: at() } }
  }
  function workOff(): void {
    for (const task of tasks.filter(({ status }) => status === 'enqueued')) {
      const code = failing.get(String(task.type))
      if (code) Object.assign(task, { status: 'failed', error: wrong(400, code, 'The words of a member').body, finishedAt: at() })
      else {
        ;(task.work as () => void)()
        Object.assign(task, { status: 'succeeded', duration: 'PT0.001S', startedAt: at(), finishedAt: at() })
      }
    }
  }
  const made = (uid: string): Index => {
    const index = indexes.get(uid) ?? { documents: new Map(), settings: {}, primaryKey: 'id' }
    indexes.set(uid, index)
    return index
  }

  function answer({ method, path, query, body }: Asked): Reply {
    const [, first, uid = '', ...rest] = path.split('/')
    const what = `${method} ${[first, ...(uid ? ['*'] : []), ...rest].join('/')}`
    const index = indexes.get(uid)
    const missing = wrong(404, 'index_not_found', `Index \`${uid}\` not found.`)
    const given = body as Stored
    if (what === 'GET health') return { status: 200, body: { status: 'available' } }
    if (what === 'POST multi-search') {
      const replies = (given.queries as Stored[]).map(each =>
        indexes.has(String(each.indexUid)) ? answerSearch(made(String(each.indexUid)), each) : missing,
      )
      return replies.find(({ status }) => status !== 200) ?? { status: 200, body: { results: replies.map(reply => reply.body) } }
    }
    if (what === 'POST swap-indexes') return swap(body as { indexes: [string, string]; rename: boolean }[])
    if (what === 'GET tasks/*') {
      const { work: _, ...task } = tasks[Number(uid)] ?? {}
      return tasks[Number(uid)] ? { status: 200, body: task } : wrong(404, 'task_not_found')
    }
    if (what === 'POST indexes') return enqueue('indexCreation', String(given.uid), () => void made(String(given.uid)))
    if (what === 'POST indexes/*/documents') {
      const documents = body as Stored[]
      if (query.get('primaryKey') !== 'id' || !documents.every(({ id }) => /^[\w-]+$/.test(String(id))))
        return wrong(400, 'invalid_document_id')
      return enqueue('documentAdditionOrUpdate', uid, () => {
        for (const document of documents) made(uid).documents.set(String(document.id), document)
      })
    }
    if (!index) return first === 'indexes' ? missing : wrong(404, 'not_found', what)
    if (what === 'GET indexes/*') return { status: 200, body: { uid, createdAt: at(), updatedAt: at(), primaryKey: index.primaryKey } }
    if (what === 'DELETE indexes/*') return enqueue('indexDeletion', uid, () => void indexes.delete(uid))
    if (what === 'PATCH indexes/*/settings') return enqueue('settingsUpdate', uid, () => void Object.assign(made(uid).settings, given))
    if (what === 'PUT indexes/*/settings/synonyms')
      return enqueue('settingsUpdate', uid, () => void Object.assign(made(uid).settings, { synonyms: given }))
    if (what === 'GET indexes/*/settings/synonyms') return { status: 200, body: index.settings.synonyms ?? {} }
    if (what === 'GET indexes/*/stats')
      return { status: 200, body: { numberOfDocuments: index.documents.size, isIndexing: false, fieldDistribution: {} } }
    if (what === 'POST indexes/*/documents/delete-batch')
      return enqueue('documentDeletion', uid, () => {
        for (const id of body as string[]) made(uid).documents.delete(id)
      })
    if (what === 'POST indexes/*/documents/delete') {
      const chosen = readFilter(given.filter)
      return enqueue('documentDeletion', uid, () => {
        for (const [id, document] of made(uid).documents) if (chosen(document)) made(uid).documents.delete(id)
      })
    }
    if (what === 'GET indexes/*/documents') return documentsOf(index, query)
    if (what === 'POST indexes/*/search') return answerSearch(index, given)
    return wrong(404, 'not_found', what)
  }

  function swap(pairs: { indexes: [string, string]; rename: boolean }[]): Reply {
    return enqueue('indexSwap', null, () => {
      for (const {
        indexes: [a, b],
        rename,
      } of pairs) {
        const [first, second] = [indexes.get(a), indexes.get(b)]
        if (!first || (!second && !rename)) throw new Error(`there is no index to swap: ${a}, ${b}`)
        indexes.set(b, first)
        if (second) indexes.set(a, second)
        else indexes.delete(a)
      }
    })
  }

  const hanging = new Set<ServerResponse>()
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const body = await bodyOf(request).catch(() => malformed)
    if (body === malformed) return void response.writeHead(400).end(JSON.stringify(wrong(400, 'malformed_payload').body))
    const each = { method: request.method ?? '', path: url.pathname, query: url.searchParams, body }
    asked.push(each)
    if (typeof mood === 'number') await pause(mood)
    if (mood === 'silent') return void hanging.add(response)
    const reply =
      mood === 'failing'
        ? { status: 500, body: { message: 'An internal error has occurred.', code: 'internal', type: 'internal', link: '' } }
        : request.headers.authorization === `Bearer ${KEY}`
          ? answer(each)
          : wrong(403, 'invalid_api_key')
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body))
  })
  server.keepAliveTimeout = 60_000
  const up = () => new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  await up()
  port = (server.address() as AddressInfo).port
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    indexes,
    mood: next => {
      mood = next
      for (const response of hanging) response.destroy()
      hanging.clear()
    },
    holdTasks: hold => {
      held = hold
      if (!hold) workOff()
    },
    failTasks: (type, code) => void (code ? failing.set(type, code) : failing.delete(type)),
    up,
    down: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function documentsOf(index: Index, query: URLSearchParams): Reply {
  const [ids, fields] = [query.get('ids')?.split(','), query.get('fields')?.split(',')]
  const [offset, limit] = [Number(query.get('offset') ?? 0), Number(query.get('limit') ?? 20)]
  const all = [...index.documents.values()].filter(({ id }) => !ids || ids.includes(String(id)))
  const results = all
    .slice(offset, offset + limit)
    .map(document => Object.fromEntries(Object.entries(document).filter(([name]) => !fields || fields.includes(name))))
  return { status: 200, body: { results, offset, limit, total: all.length } }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  request.setEncoding('utf8')
  for await (const part of request) text += part
  return text ? JSON.parse(text, refuseHalves) : undefined
}

/** serde, which reads JSON there, takes no halves of letters. */
function refuseHalves(_: string, value: unknown): unknown {
  if (typeof value === 'string' && !value.isWellFormed()) throw new Error('half a letter')
  return value
}
