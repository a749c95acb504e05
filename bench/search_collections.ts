import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Documents, and questions with the ids of the documents that answer them. */
export type Collection = { name: string; documents: Document[]; questions: { text: string; relevant: Set<string> }[]; file?: string }
export type Document = { id: string; title: string; body: string }

const data = join(import.meta.dirname, '../../shared/data')
const manual = join(import.meta.dirname, '../node_modules/fastify/docs')

/** The collections that are on this machine; the names of those that are not. See ../shared/data/README.md. */
export function loadCollections(): { found: Collection[]; absent: string[] } {
  const loaded = { localgovFAQ: loadFaq(), JSQuAD: loadJsquad(), 'Fastify docs': loadDocs() }
  const found = Object.values(loaded).filter(collection => collection !== undefined)
  return { found, absent: Object.entries(loaded).flatMap(([name, collection]) => (collection ? [] : name)) }
}

/** A city's questions and answers, with the tuning half of the questions that people asked it. */
function loadFaq(): Collection | undefined {
  const folder = join(data, 'localgovfaq')
  if (!existsSync(folder)) return undefined
  type Row = { id: string; question: string; answer: string }
  type Tune = { queries: Record<string, string>; qrels: Record<string, Record<string, number>> }
  const rows: Row[] = readLines(join(folder, 'faq.jsonl')).map(line => JSON.parse(line))
  const { queries, qrels }: Tune = JSON.parse(readFileSync(join(folder, 'tune.json'), 'utf8'))
  return {
    name: 'localgovFAQ',
    file: join(folder, 'faq.jsonl'),
    documents: rows.map(({ id, question, answer }) => ({ id, title: question, body: answer })),
    questions: Object.entries(queries).map(([id, text]) => ({ text, relevant: new Set(Object.keys(qrels[id] ?? {})) })),
  }
}

/** Paragraphs of an encyclopedia, each with questions that it answers. */
function loadJsquad(): Collection | undefined {
  const file = join(data, 'jsquad/valid.json')
  if (!existsSync(file)) return undefined
  type Squad = { data: { paragraphs: { context: string; qas: { question: string }[] }[] }[] }
  const squad: Squad = JSON.parse(readFileSync(file, 'utf8'))
  const paragraphs = squad.data.flatMap(article => article.paragraphs).map((paragraph, index) => ({ ...paragraph, id: String(index) }))
  return {
    name: 'JSQuAD',
    documents: paragraphs.map(({ id, context }) => {
      const [title = '', ...body] = context.split(' [SEP] ')
      return { id, title, body: body.join(' ') }
    }),
    questions: paragraphs.flatMap(({ id, qas }) => qas.map(({ question }) => ({ text: question, relevant: new Set([id]) }))),
  }
}

/** English: the sections of a manual that `npm ci` brings, each asked for by its heading, which is not in the document. */
function loadDocs(): Collection | undefined {
  if (!existsSync(manual)) return undefined
  const sections = readdirSync(manual, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .sort()
    .flatMap(name => sectionsOf(readFileSync(join(manual, name), 'utf8')))
    .map((section, index) => ({ ...section, id: String(index) }))
  return {
    name: 'Fastify docs',
    documents: sections.map(({ id, body }) => ({ id, title: '', body })),
    questions: sections.map(({ id, heading }) => ({ text: heading, relevant: new Set([id]) })),
  }
}

function sectionsOf(markdown: string): { heading: string; body: string }[] {
  const [, ...pieces] = markdown.split(/^#+ (.*)$/m)
  const sections: { heading: string; body: string }[] = []
  for (let index = 0; index + 1 < pieces.length; index += 2) {
    const heading = (pieces[index] ?? '').replace(/<.*?>|[`*[\]]|\(.*?\)/g, ' ').trim()
    const body = (pieces[index + 1] ?? '').trim()
    if (heading && body.length >= 80) sections.push({ heading, body })
  }
  return sections
}

function readLines(file: string): string[] {
  return readFileSync(file, 'utf8').trim().split('\n')
}
