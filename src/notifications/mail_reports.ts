import type { Email } from 'postal-mime'

/** What a mail server or provider tells of a mail of ours: it came back for good, or its reader called it unwanted. */
export type Report = { address: string; why: 'bounce' | 'complaint' }

/** Reads a delivery status notification (RFC 3464) or a feedback report (RFC 5965); undefined for every other mail, and for delays. */
export function readReport(mail: Email): Report | undefined {
  const part = (type: string) => mail.attachments.find(({ mimeType }) => mimeType.toLowerCase() === type)
  const status = textOf(part('message/delivery-status')?.content)
  if (/^Action:\s*failed/im.test(status) && /^Status:\s*5\./im.test(status))
    return withAddress(status, /^(?:Original|Final)-Recipient:\s*(?:rfc822;)?\s*<?([^\s<>]+@[^\s<>]+?)>?\s*$/im, 'bounce')
  const feedback = textOf(part('message/feedback-report')?.content)
  if (/^Feedback-Type:\s*abuse/im.test(feedback))
    return withAddress(feedback, /^(?:Original-Rcpt-To|Removal-Recipient):\s*<?([^\s<>]+@[^\s<>]+?)>?\s*$/im, 'complaint')
  return undefined
}

function withAddress(text: string, pattern: RegExp, why: Report['why']): Report | undefined {
  const address = pattern.exec(text)?.[1]
  return address ? { address, why } : undefined
}

const textOf = (content: ArrayBuffer | Uint8Array | string | undefined) => {
  if (content === undefined) return ''
  return typeof content === 'string' ? content : new TextDecoder().decode(content)
}
