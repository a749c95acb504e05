import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { Missing } from '../platform/errors.ts'
import { figuresOf } from './figures.ts'
import type { Period } from './period.ts'
import { canSeeInsights } from './policy.ts'
import {
  findSettings,
  listBestHelpers,
  listDays,
  listProductFigures,
  listReaders,
  listRivals,
  listTroubles,
  listWaits,
  listWords,
  type Scope,
} from './queries.ts'

/** A period and the one before it, added up. */
export async function readFigures(db: Db, scope: Scope, period: Period) {
  const [days, readers, waits] = await Promise.all([
    listDays(db, scope, period),
    listReaders(db, scope, period),
    listWaits(db, scope, period),
  ])
  return { days, readers, figures: figuresOf({ days, readers, waits }, period) }
}

/** Everything of a company's page of figures, or of one of its products. Throws Missing for whom they are not, and for others' products. */
export async function readInsights(db: Db, actor: Actor, scope: Scope, period: Period) {
  if (!canSeeInsights(actor, scope.companyId)) throw new Missing()
  const [counted, troubles, words, rivals, helpers, products, settings] = await Promise.all([
    readFigures(db, scope, period),
    listTroubles(db, scope, period),
    listWords(db, scope),
    listRivals(db, scope, period),
    listBestHelpers(db, scope, period),
    listProductFigures(db, scope.companyId, period),
    findSettings(db, scope.companyId),
  ])
  if (scope.productId > 0 && !products.some(({ id }) => id === scope.productId)) throw new Missing()
  return { period, ...counted, troubles, words, rivals, helpers, products, settings }
}
export type Insights = Awaited<ReturnType<typeof readInsights>>
