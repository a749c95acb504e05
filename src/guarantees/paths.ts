import { managePath } from '../companies/paths.ts'

/** Address of a certificate. */
export const certificatePath = ({ code }: { code: string }) => `/guarantees/${code}`

/** Where a company looks after one of its guarantees. */
export const guaranteePath = (company: { slug: string }, { code }: { code: string }) => managePath(company, `guarantees/${code}`)

/** Where an agent vouches for an answer. */
export const offerPath = (company: { slug: string }, answer: { id: number }) => managePath(company, `answers/${answer.id}/guarantee`)
