import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

export type Received = Email & { to_address: string }

/** A real mail server in this process, on loopback. `refuse` says what it answers to an address it does not take. */
export async function startMailServer({ refuse = (_: string): string | undefined => undefined, port = 0 } = {}) {
  const received: Received[] = []
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo({ address }, _, answer) {
      const refusal = refuse(address)
      answer(refusal ? Object.assign(new Error(refusal), { responseCode: Number(refusal.slice(0, 3)) }) : null)
    },
    onData(stream, { envelope }, answer) {
      const parts: Buffer[] = []
      stream.on('data', part => parts.push(part))
      stream.on('end', async () => {
        received.push({ ...(await PostalMime.parse(Buffer.concat(parts))), to_address: envelope.rcptTo[0]?.address ?? '' })
        answer()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  const address = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    port: address.port,
    received,
    stop: () => new Promise<void>(resolve => server.close(() => resolve())),
  }
}

/** One header of a received mail. */
export const headerOf = (mail: Received | undefined, name: string) => mail?.headers.find(({ key }) => key === name)?.value
