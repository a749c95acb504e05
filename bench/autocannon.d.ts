declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  type Request = { path?: string; method?: string; headers?: Record<string, string>; body?: string }
  export type Client = { pipelinedRequests: { addBody(data: Buffer): void } }
  type Options = {
    url: string
    connections: number
    duration?: number
    amount?: number
    timeout?: number
    setupClient?(client: Client): void
    requests: (Request & { setupRequest?(request: Request): Request })[]
  }
  type Result = { errors: number; timeouts: number }
  export default function autocannon(options: Options, done: (error: Error | null, result: Result) => void): EventEmitter
}
