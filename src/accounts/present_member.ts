import type { Translate } from '../platform/i18n.ts'
import { presentMark } from './present.ts'
import type { AccountRow, SessionRow } from './schema.ts'

/** A member's page: who he is. */
export function presentMember(account: AccountRow, t: Translate) {
  return {
    id: account.id,
    name: account.name,
    handle: account.handle,
    path: memberPath(account),
    avatarUrl: account.avatarKey ? `/media/${account.avatarKey}` : undefined,
    initial: [...account.name][0],
    tone: account.id % 8,
    roleLabel: account.role === 'member' ? undefined : t(`roles.${account.role}`),
    mark: presentMark(account.certification, t),
    isModerator: account.moderates,
    about: account.about.split('\n').filter(line => line.trim()),
    since: account.createdAt,
  }
}

/** Address of a member's page. */
export const memberPath = ({ handle }: { handle: string }) => `/u/${handle}`

/** A log-in as its owner recognises it; `current` is the one he looks with. */
export function presentSession(
  session: Pick<SessionRow, 'id' | 'device' | 'address' | 'seenAt' | 'createdAt'>,
  currentId: string,
  t: Translate,
) {
  const { browser, system } = deviceOf(session.device)
  return {
    id: session.id,
    name: [browser, system].filter(Boolean).join(' / ') || t('me.devices.unknown'),
    icon: system === 'iPhone' || system === 'Android' ? 'smartphone' : 'monitor',
    address: session.address,
    seenAt: session.seenAt,
    createdAt: session.createdAt,
    isCurrent: session.id === currentId,
  }
}

const BROWSERS: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Line\//, 'LINE'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const SYSTEMS: [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/CrOS/, 'ChromeOS'],
  [/Macintosh|Mac OS X/, 'Mac'],
  [/Linux/, 'Linux'],
]

/** What a browser says of itself, in the words on its icon. Order matters: most browsers also name the ones they are like. */
function deviceOf(userAgent: string): { browser?: string; system?: string } {
  const first = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(userAgent))?.[1]
  return { browser: first(BROWSERS), system: first(SYSTEMS) }
}

/** A passkey as its owner recognises it. */
export const presentPasskey = ({ id, name, createdAt, usedAt }: { id: string; name: string; createdAt: Date; usedAt: Date | null }) => ({
  id,
  name,
  createdAt,
  usedAt: usedAt ?? undefined,
})
