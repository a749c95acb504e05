import type { FastifyRequest } from 'fastify'
import { Invalid } from './errors.ts'
import { takingTurns } from './taking_turns.ts'

// What is received lies in memory, up to 12 MB each: eight at a time, while the others' bytes wait in their connections.
const inTurn = takingTurns(8)

/**
 * The one file of a multipart form and the text fields before it, which also become the request's body: a form that is shown again
 * keeps them. Throws Invalid at `picture` when there is none; 413 above 12 MB.
 */
export async function receiveFile(request: FastifyRequest): Promise<{ file: Buffer; fields: Record<string, string> }> {
  if (!request.isMultipart()) throw new Invalid({ picture: 'pictures.none' })
  return inTurn(async () => {
    const part = await request.file({ limits: { files: 1, fileSize: 12_000_000, fields: 10 } }).catch(brokenForm)
    const file = await part?.toBuffer()
    const fields: Record<string, string> = Object.fromEntries(
      Object.entries(part?.fields ?? {}).flatMap(([name, field]) =>
        field && 'value' in field && typeof field.value === 'string' ? [[name, field.value.replaceAll('\0', '').toWellFormed()]] : [],
      ),
    )
    request.body = fields
    if (!file?.length) throw new Invalid({ picture: 'pictures.none' })
    return { file, fields }
  })
}

/** A form that is cut off or has no borders is a form without a file. */
function brokenForm(error: Error & { statusCode?: number }): undefined {
  if (error.statusCode || !/^(Multipart|Unexpected end|Malformed|Part terminated)/.test(error.message)) throw error
}
