import { Presets, SingleBar } from 'cli-progress'

/** Shows how far something is: `total` may grow. `say` puts a line above it. */
export type Progress = { to(done: number, total: number, note?: string): void; say(line: string): void; end(): void }

/** Milliseconds between two lines where no bar can be drawn. */
const EVERY = 5_000

/** A bar on a terminal; elsewhere a line now and then. Both on stderr, so that stdout keeps the result alone. */
export function openProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? drawBar(stream) : sayNowAndThen(stream)
}

function drawBar(stream: NodeJS.WriteStream): Progress {
  const bar = new SingleBar(
    { format: '  {bar} {percentage}%  {note}', stream, hideCursor: true, clearOnComplete: false, barsize: 30, gracefulExit: true },
    Presets.shades_classic,
  )
  return {
    to(done, total, note = '') {
      if (!bar.isActive) bar.start(total, done, { note })
      bar.setTotal(total)
      bar.update(done, { note })
    },
    say(line) {
      if (bar.isActive) stream.write('\r\u001b[K')
      stream.write(`${line}\n`)
      if (bar.isActive) bar.render()
    },
    end: () => bar.stop(),
  }
}

function sayNowAndThen(stream: NodeJS.WriteStream): Progress {
  let saidAt = Date.now()
  return {
    to(done, total, note = '') {
      if (Date.now() - saidAt < EVERY) return
      saidAt = Date.now()
      stream.write(`${total > 0 ? Math.floor((100 * done) / total) : 100} %  ${note}\n`)
    },
    say: line => stream.write(`${line}\n`),
    end: () => {},
  }
}
