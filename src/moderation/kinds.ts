import { appealKind } from './appeals/appeal_kind.ts'
import { careKind } from './care/handing_over.ts'
import type { Decision, ReviewKind } from './decision.ts'
import { flagKind } from './flags.ts'
import { heatKind } from './heat/deciding.ts'
import { holdKind } from './holds/holding.ts'
import type { KindName } from './kind_names.ts'
import { secondAccountKind } from './sanctions/hold_kind.ts'

/** Every kind with its decisions. Whoever adds one writes it in a file of its own and names it here. */
const KINDS: Partial<Record<KindName, ReviewKind>> = {
  flag: flagKind,
  heat: heatKind,
  hold: holdKind,
  second_look: holdKind,
  appeal: appealKind,
  care: careKind,
  second_account: secondAccountKind,
}

/** The ways to decide a kind, in the order of their buttons. */
export const decisionsOf = (kind: string): readonly Decision[] => KINDS[kind as KindName]?.decisions ?? []
export const decisionOf = (kind: string, name: string): Decision | undefined => decisionsOf(kind).find(each => each.name === name)
