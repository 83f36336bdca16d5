import type { Release } from '../core/model/release.ts'
import { fail } from '../core/model/problem.ts'
import { sameVersion } from '../core/version/compare.ts'
import type { Notification } from '../ports/engine.ts'
import type { RecordedOffer } from '../ports/notifications.ts'
import type { Opened } from './component.ts'
import type { EnginePorts } from './ports.ts'

const runsMax = 1000

/** Records what a check found, once: the files that it would touch are asked for only then. Nothing here stops a check. */
export async function noteOffer(ports: EnginePorts, opened: Opened, release: Release): Promise<void> {
  try {
    const notifications = await ports.notifications()
    if (notifications.has(opened.name, release.version)) return
    const { strategy, installed, context } = opened
    const files = await strategy.files(installed, release, context)
    notifications.record({
      component: opened.name,
      version: release.version,
      title: titleOf(opened, release),
      description: [release.notes, release.title].find((text) => text !== null && text.trim() !== '') ?? null,
      files: files?.filter(({ local }) => local !== 'protected').map(({ path }) => path) ?? null,
    })
  } catch {
    // An offer that cannot be written down is offered all the same, and found again by the next check.
  }
}

function titleOf({ name }: Opened, { version, title }: Release): string {
  const named = title === null || title === version ? '' : `: ${title}`
  return `${name} ${version}${named}`.slice(0, 200)
}

/** What was offered, newest first. Whether it was installed is read from the journal: it cannot be forgotten there. */
export async function notificationsOf(ports: EnginePorts): Promise<readonly Notification[]> {
  const offers = (await ports.notifications()).list()
  const newest = new Map<string, number>()
  for (const { component, id } of offers) newest.set(component, Math.max(id, newest.get(component) ?? 0))
  return Promise.all(offers.map((offer) => notificationOf(ports, offer, newest.get(offer.component) !== offer.id)))
}

async function notificationOf(ports: EnginePorts, offer: RecordedOffer, passed: boolean): Promise<Notification> {
  const { id, component, version, title, description, files, createdAt, dismissedAt } = offer
  const installedAt = await installedSince(ports, offer)
  const installed = installedAt !== null
  return {
    id,
    component,
    title,
    description,
    version,
    available_files: files,
    installed,
    installed_at: installed ? new Date(installedAt).toISOString() : null,
    created_at: new Date(createdAt).toISOString(),
    state: installed ? 'installed' : dismissedAt !== null ? 'dismissed' : passed ? 'superseded' : 'open',
  }
}

/** The last run that brought it; ms. */
async function installedSince(ports: EnginePorts, { component, version }: RecordedOffer): Promise<number | null> {
  const scheme = [...ports.settings.components].find(([name]) => name === component)?.[1].version.scheme ?? 'semver'
  for (const { action, outcome, to, closedAt } of await ports.journal.runs({ component, limit: runsMax })) {
    if (action !== 'update' && action !== 'rollback') continue
    if (outcome === 'committed' && to !== null && sameVersion(to, version, scheme)) return closedAt
  }
  return null
}

/** E_USAGE where there is none of that id. */
export async function notificationWith(ports: EnginePorts, id: number): Promise<Notification> {
  const found = (await notificationsOf(ports)).find((each) => each.id === id)
  if (found !== undefined) return found
  throw fail('E_USAGE', `There is no notification ${id}.`, {
    hint: 'See which there are: belay notifications list --all.',
  })
}
