import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Sends one question to a module in a process of its own, and gives its answer; the process does not outlive it. */
export async function askProcess<Answer>(module: URL, question: string[]): Promise<Answer> {
  const child = fork(fileURLToPath(module), { serialization: 'advanced', env: {} })
  try {
    child.send(question)
    const [answer] = await Promise.race([once(child, 'message'), once(child, 'exit').then(([code]) => failed(code))])
    return answer
  } finally {
    child.kill()
  }
}

function failed(code: unknown): never {
  throw new Error(`the dictionary ended with ${code}`)
}
