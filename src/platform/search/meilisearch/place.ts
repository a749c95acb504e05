import { type EnqueuedTask, Meilisearch, MeilisearchApiError, type Settings } from 'meilisearch'
import type { SearchDocument } from '../engine.ts'
import { type StoredDocument, storedDocument } from './documents.ts'

/** One index of one Meilisearch. */
export type Place = { client: Meilisearch; uid: string }

/** Milliseconds for a request that nobody waits for at a page. */
const PATIENCE = 20_000
/** Meilisearch works its tasks off one after the other: a large batch behind others takes its time. */
const TASK_MAY_TAKE = 10 * 60_000
const LOOK_EVERY = 25
const TOGETHER = 1_000
const STAMPS_TOGETHER = 100

export const openClient = (host: string, apiKey: string | undefined) => new Meilisearch({ host, apiKey, timeout: PATIENCE })

/** Waits until Meilisearch has done what was asked. Throws the code of what was wrong: its message may repeat what people wrote. */
export async function done(client: Meilisearch, asked: EnqueuedTask | Promise<EnqueuedTask>): Promise<void> {
  const task = await client.tasks.waitForTask(await accepted(asked), { timeout: TASK_MAY_TAKE, interval: LOOK_EVERY })
  if (task.status !== 'succeeded') throw new Error(`Meilisearch: ${task.type} ${task.status}: ${task.error?.code ?? 'no reason given'}`)
}

/** The task that was begun. What is refused at once is told by its code as well. */
async function accepted(asked: EnqueuedTask | Promise<EnqueuedTask>): Promise<EnqueuedTask> {
  return Promise.resolve(asked).catch(error => {
    throw error instanceof MeilisearchApiError ? new Error(`Meilisearch: ${error.cause?.code ?? error.response.status}`) : error
  })
}

/** What was answered; undefined where the index is not there. */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch(error => {
    if (error instanceof MeilisearchApiError && error.cause?.code === 'index_not_found') return undefined
    throw error
  })
}

export async function indexExists({ client, uid }: Place): Promise<boolean> {
  return (await unlessMissing(client.index(uid).getRawInfo())) !== undefined
}

/** Makes the index if there is none, and gives it its settings. */
export async function makeIndex(place: Place, settings: Settings): Promise<void> {
  const { client, uid } = place
  if (!(await indexExists(place))) await done(client, client.createIndex(uid, { primaryKey: 'id' }))
  await done(client, client.index(uid).updateSettings(settings))
}

export async function putDocuments({ client, uid }: Place, documents: readonly SearchDocument[]): Promise<void> {
  const stored = [...new Map(documents.map(document => [document.id, document])).values()].map(storedDocument)
  const tasks: EnqueuedTask[] = []
  for (let at = 0; at < stored.length; at += TOGETHER)
    tasks.push(await accepted(client.index<StoredDocument>(uid).addDocuments(stored.slice(at, at + TOGETHER), { primaryKey: 'id' })))
  for (const task of tasks) await done(client, task)
}

export async function removeDocuments({ client, uid }: Place, ids: readonly string[]): Promise<void> {
  const possible = ids.filter(id => isId.test(id))
  for (let at = 0; at < possible.length; at += TOGETHER)
    await done(client, client.index(uid).deleteDocuments(possible.slice(at, at + TOGETHER)))
}

/** What Meilisearch takes for the id of a document. */
const isId = /^[\w-]{1,511}$/

/** How many documents are in an index; none where there is no index. */
export async function countDocuments({ client, uid }: Place): Promise<number> {
  return (await unlessMissing(client.index(uid).getStats()))?.numberOfDocuments ?? 0
}

/** Ids page by page; `after` is how many came before. */
export async function listIds({ client, uid }: Place, after = '0'): Promise<{ ids: string[]; next?: string }> {
  const offset = Number(after)
  const page = await unlessMissing(client.index<StoredDocument>(uid).getDocuments({ fields: ['id'], limit: TOGETHER, offset }))
  const end = offset + TOGETHER
  return { ids: (page?.results ?? []).map(({ id }) => id), next: page && end < page.total ? String(end) : undefined }
}

/** The ids of those documents whose stamp is not the one in the index. */
export async function differingIds({ client, uid }: Place, documents: readonly SearchDocument[]): Promise<string[]> {
  const known = new Map<string, string>()
  for (let at = 0; at < documents.length; at += STAMPS_TOGETHER) {
    const ids = documents.slice(at, at + STAMPS_TOGETHER).map(({ id }) => id)
    const page = await unlessMissing(client.index<StoredDocument>(uid).getDocuments({ ids, fields: ['id', 'stamp'], limit: ids.length }))
    for (const { id, stamp } of page?.results ?? []) known.set(id, stamp)
  }
  return documents.filter(document => known.get(document.id) !== storedDocument(document).stamp).map(({ id }) => id)
}
