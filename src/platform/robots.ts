import { isbot } from 'isbot'
import { LRUCache } from 'lru-cache'

const known = new LRUCache<string, boolean>({ max: 2000 })

/** A program that reads pages, or one that does not say what it is: it is not counted among readers. */
export function isRobot(userAgent: string): boolean {
  const before = known.get(userAgent)
  if (before !== undefined) return before
  const robot = userAgent === '' || isbot(userAgent)
  known.set(userAgent, robot)
  return robot
}
