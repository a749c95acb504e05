import { Invalid } from './errors.ts'
import { type Body, renderNow } from './html_render.ts'
import type { MarkdownOptions } from './markdown.ts'

export type RenderTask = { source: string; options: MarkdownOptions; started: Int32Array }

export type RenderAnswer = { body: Body } | { refused: Invalid['fields'] }

/** Runs inside the pool's thread. `started` tells the pool that the clock may begin. */
export default function render({ source, options, started }: RenderTask): RenderAnswer {
  Atomics.store(started, 0, 1)
  Atomics.notify(started, 0)
  try {
    return { body: renderNow(source, options) }
  } catch (error) {
    // An error loses its class on the way between threads, so what it says travels as data.
    if (error instanceof Invalid) return { refused: error.fields }
    throw error
  }
}
