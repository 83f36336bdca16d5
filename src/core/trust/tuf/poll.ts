import type { Cycle, Start, Trusted } from './cycle.ts'
import type { TrustMemory, SeenReleases } from './memory.ts'
import { folderOf, type Offer, type Place, readOffers, seenAfter } from './offers.ts'
import { findTarget, refresh, type Target } from './search.ts'

export interface Listed {
  readonly offers: readonly Offer[]
  readonly seen: SeenReleases
  /** Whether the names of targets on the server carry their hash. */
  readonly hashed: boolean
}

/** A whole check of one product's channel: everything that it lists is proven, and what was seen is remembered. */
export function* listOffers(start: Start, place: Place, platform: string): Cycle<Listed> {
  const trusted = yield* refresh(start)
  const offers = readOffers(yield* targetsIn(trusted, folderOf(place)), place, platform)
  const key = `${place.product}/${place.channel}`
  const seen = seenAfter(trusted.memory.releases[key], offers)
  const memory = { ...trusted.memory, releases: { ...trusted.memory.releases, [key]: seen }, trustedMs: trusted.nowMs }
  if (isWorthWriting(start.memory, memory)) yield { do: 'remember', memory }
  return { offers, seen, hashed: trusted.root.signed.consistentSnapshot }
}

/** No role lists a folder, so the roles are found by a name that nobody gives a file; then each file is asked for. */
function* targetsIn(trusted: Trusted, folder: string): Cycle<readonly Target[]> {
  const named = new Set<string>()
  yield* findTarget(trusted, `${folder}*`, ({ signed }) => {
    for (const path of Object.keys(signed.targets)) if (path.startsWith(folder)) named.add(path)
  })
  const found: Target[] = []
  for (const path of named) {
    const target = yield* findTarget(trusted, path)
    if (target !== null) found.push(target)
  }
  return found
}

const hourMs = 3_600_000

/** An idle check writes nothing: the time alone is noted once an hour. */
function isWorthWriting(before: TrustMemory | null, after: TrustMemory): boolean {
  if (before === null || after.trustedMs - before.trustedMs >= hourMs) return true
  return JSON.stringify({ ...before, trustedMs: 0 }) !== JSON.stringify({ ...after, trustedMs: 0 })
}
