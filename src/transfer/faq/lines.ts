import { createReadStream } from 'node:fs'

/** A line of a file, counted from 1, without its end. */
export type Line = { number: number; text: string }

/** Letters a line may have; what a longer one has beyond is dropped, so that a file without line ends does not fill the memory. */
export const LONGEST_LINE = 1_000_000

/** The lines of a text file of any size, in whichever of the usual encodings it is. `onBytes` hears how many bytes were read. */
export async function* linesOf(file: string, onBytes: (count: number) => void = () => {}): AsyncGenerator<Line> {
  const decoder = new TextDecoder(await encodingOf(file))
  let number = 1
  let rest = ''
  for await (const chunk of createReadStream(file)) {
    onBytes(chunk.length)
    // A \r at the end of a chunk may be half of a \r\n.
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/)
    rest = (lines.pop() ?? '').slice(0, LONGEST_LINE + 1)
    for (const text of lines) yield { number: number++, text }
  }
  rest = (rest + decoder.decode()).replace(/\r$/, '')
  if (rest) yield { number, text: rest }
}

/** By its mark where it has one; else UTF-8 or Shift_JIS, whichever leaves fewer letters unreadable in the first megabyte that is not ASCII. */
async function encodingOf(file: string): Promise<string> {
  const sample = await firstBeyondAscii(file)
  const [first, second] = sample.start
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return unreadable('utf-8', sample.bytes) <= unreadable('shift_jis', sample.bytes) ? 'utf-8' : 'shift_jis'
}

async function firstBeyondAscii(file: string): Promise<{ start: Buffer; bytes: Buffer }> {
  let start: Buffer | undefined
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    start ??= chunk.subarray(0, 2)
    if (chunk.some(byte => byte > 0x7f)) return { start, bytes: chunk }
  }
  return { start: start ?? Buffer.alloc(0), bytes: Buffer.alloc(0) }
}

/** The sample may end inside a letter: `stream` leaves that one out. */
function unreadable(encoding: string, bytes: Buffer): number {
  return new TextDecoder(encoding).decode(bytes, { stream: true }).split('\ufffd').length
}
