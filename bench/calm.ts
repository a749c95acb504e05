// `npm run bench:calm`: how many comments before a quarrel the warning comes and how often it comes for nothing; and how well the first
// words of a forum tell harsh texts from others, on texts that people have judged.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parse } from 'csv-parse/sync'
import { addTo, HOT, heatOf, NOTHING_YET, WARM } from '../src/moderation/heat/heat.ts'
import { SHARP } from '../src/moderation/heat/measuring.ts'
import { HARSH, type Harshness, harshnessOf } from '../src/moderation/words/harshness.ts'
import { readyWords } from '../src/moderation/words/matching.ts'
import { seedWords } from '../src/moderation/words/seeding.ts'
import { type Conversation, calmTalk, dice, flaringTalk } from './calm_talks.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3' },
    calm: { type: 'string', default: '2000' },
    flaring: { type: 'string', default: '500' },
    texts: { type: 'string', default: join(import.meta.dirname, '../../shared/data/toxic/subset.csv') },
  },
})
const words = readyWords(seedWords.map((word, id) => ({ ...word, id })))

for (const seed of values.seeds.split(',').map(Number)) heatFor(seed)
if (existsSync(values.texts)) judgedTexts(values.texts)
else console.log(`\nSKIPPED: the judged texts are not there (${values.texts})`)

/** Warnings of one seed's conversations, calm ones and those that flare up. */
function heatFor(seed: number): void {
  const d = dice(seed)
  const calm = Array.from({ length: Number(values.calm) }, () => warningsOf(calmTalk(d)))
  const flaring = Array.from({ length: Number(values.flaring) }, () => flaringTalk(d))
  const warned = flaring.map(each => ({ ...warningsOf(each), blowsUpAt: each.blowsUpAt ?? 0 }))
  const ahead = warned.flatMap(({ warm, blowsUpAt }) => (warm === undefined ? [] : [blowsUpAt - warm])).sort((a, b) => a - b)
  const at = (share: number) => ahead[Math.floor(share * (ahead.length - 1))]
  const share = (count: number) => `${((100 * count) / warned.length).toFixed(1)} %`
  console.log(`\nseed ${seed}: ${warned.length} conversations that flare up, ${calm.length} calm ones`)
  console.log(`  warned at all ${share(ahead.length)}, before the blow-up ${share(ahead.filter(each => each > 0).length)}`)
  console.log(`  comments before the blow-up: median ${at(0.5)}, one in ten at most ${at(0.1)}, one in ten at least ${at(0.9)}`)
  console.log(`  slowed down by itself ${share(warned.filter(({ hot }) => hot !== undefined).length)}`)
  const falsely = (key: 'warm' | 'hot') => ((1000 * calm.filter(each => each[key] !== undefined).length) / calm.length).toFixed(1)
  console.log(`  false alarms per 1,000 calm topics ${falsely('warm')}, slowed for nothing ${falsely('hot')}`)
}

/** After which comment a conversation is warned of, and after which it slows down. */
function warningsOf({ comments, usual, night, outside }: Conversation): { warm?: number; hot?: number } {
  const noon = Date.UTC(2026, 10, 24, 3)
  let sums = { ...NOTHING_YET, at: noon }
  const result: { warm?: number; hot?: number } = {}
  for (const [place, { at, speaker, text, isFlagged }] of comments.entries()) {
    const now = noon + at * 60_000
    const { score } = harshnessOf(text, words)
    const came = outside / comments.length
    sums = addTo(sums, {
      at: now,
      speaker,
      posts: 1,
      harsh: score >= SHARP ? score / 100 : 0,
      night: night ? 1 : 0,
      outside: came,
      flags: isFlagged ? 1 : 0,
    })
    const { heat } = heatOf(sums, now, usual)
    if (heat >= WARM) result.warm ??= place
    if (heat >= HOT) result.hot ??= place
  }
  return result
}

type Judged = { id: string; text: string; isHarsh: boolean; found: Harshness }

/**
 * Texts that people judged; harsh is what most of them called toxic or very toxic. The halves are parted by a hash of the number. The lists
 * were first made with the first half alone; what they found in the second before anybody had read it is in docs/decisions.
 */
function judgedTexts(file: string): void {
  const rows: Record<string, string>[] = parse(readFileSync(file), { columns: true })
  const judged = rows.map(row => ({
    id: row.id ?? '',
    text: row.text ?? '',
    isHarsh: 2 * (Number(row.Toxic) + Number(row['Very Toxic'])) > Number(row.annotation_num),
    found: harshnessOf(row.text ?? '', words),
  }))
  const half = (id: string) => (createHash('sha256').update(id).digest()[0] ?? 0) % 2
  const parts: [string, Judged[]][] = [
    ['first half', judged.filter(({ id }) => half(id) === 0)],
    ['second half', judged.filter(({ id }) => half(id) === 1)],
    ['all', judged],
  ]
  console.log(`\n${judged.length} judged texts, ${judged.filter(({ isHarsh }) => isHarsh).length} harsh`)
  for (const [name, texts] of parts) {
    figures(`${name}: a word of the lists is found`, texts, ({ found }) => found.found.length > 0)
    figures(`${name}: the writer is asked to look again`, texts, ({ found }) => found.score >= HARSH)
  }
  const told = (each: Judged) => each.found.score >= HARSH
  console.log('  goal: recall at least 0.60 at a precision of at least 0.80')
  console.log(`  harsh and not found:\n${list(judged.filter(each => each.isHarsh && !told(each)))}`)
  console.log(`  found and not harsh:\n${list(judged.filter(each => !each.isHarsh && told(each)))}`)
}

function list(texts: Judged[]): string {
  return texts.map(({ id, text, found }) => `    ${id} (${found.score}) ${text}`).join('\n')
}

function figures(name: string, texts: Judged[], said: (each: Judged) => boolean): void {
  const hits = texts.filter(each => said(each) && each.isHarsh).length
  const recall = hits / texts.filter(({ isHarsh }) => isHarsh).length
  const precision = hits / Math.max(1, texts.filter(said).length)
  console.log(`  ${name}: recall ${recall.toFixed(2)}, precision ${precision.toFixed(2)}`)
}
