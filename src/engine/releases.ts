import { followed, releasesOfFamily } from '../core/image/family.ts'
import { problemOf } from '../core/model/problem.ts'
import type { Release } from '../core/model/release.ts'
import { newestFirst, releasesBetween } from '../core/release/between.ts'
import { isPrerelease, sameVersion } from '../core/version/compare.ts'
import { counts } from '../core/version/scheme.ts'
import type { Description, ReleaseNote, VersionItem, Versions } from '../ports/engine.ts'
import type { ComponentSettings } from '../protocol/settings.ts'
import type { Opened } from './component.ts'
import type { EnginePorts } from './ports.ts'

const notesMax = 50
/** Commits are many, and only the last ones are worth going back to. */
const commitsMax = 30
const versionsMax = 100

export async function describe(ports: EnginePorts, { source, strategy }: ComponentSettings): Promise<Description> {
  const path = strategy['path'] ?? strategy['file']
  return {
    source: (await ports.adapters.source(source)).describe,
    strategy: (await ports.adapters.strategy(strategy)).describe,
    path: typeof path === 'string' ? path : null,
  }
}

/** Nothing is asked for notes alone: what the last check was answered is enough. */
export async function notesOf(
  ports: EnginePorts,
  opened: Opened,
  signal: AbortSignal,
): Promise<readonly ReleaseNote[]> {
  const last = ports.lastChecks.get(opened.name)
  if (last === null || last.latest === null) return []
  const { scheme } = opened.settings.version
  const releases = await listed(ports, opened, Number.MAX_SAFE_INTEGER, signal)
  return releasesBetween(releases, opened.installed.version, last.latest, scheme)
    .slice(0, notesMax)
    .map(({ version, publishedAt, notes, title, url }) => ({ version, date: publishedAt, notes: notes ?? title, url }))
}

/** Every version that can be had: kept here, or still published. */
export async function versionsOf(ports: EnginePorts, opened: Opened, signal: AbortSignal): Promise<Versions> {
  const { installed, settings } = opened
  const { scheme } = settings.version
  const asked = await listed(ports, opened, settings.cacheMs, signal).then(
    (releases) => ({ releases, problem: null }),
    (error: unknown) => ({ releases: [], problem: problemOf(error) }),
  )
  const max = counts(scheme) ? versionsMax : commitsMax
  const published = newestFirst(asked.releases, scheme)
    .filter(({ artifact, assets }) => artifact !== null || assets.length === 0)
    .slice(0, max)
  const keptHere = (version: string) =>
    installed.kept.find((kept) => kept.version !== null && sameVersion(kept.version, version, scheme))
  const isCurrent = (version: string) => installed.version !== null && sameVersion(installed.version, version, scheme)
  const versions = published.map(
    ({ version, publishedAt, title }): VersionItem => ({
      version,
      date: publishedAt,
      title,
      kept: keptHere(version) !== undefined,
      current: isCurrent(version),
      published: true,
    }),
  )
  const known = (version: string) => versions.some((one) => sameVersion(one.version, version, scheme))
  const here = [
    ...(installed.version === null ? [] : [{ version: installed.version, date: null, kept: false }]),
    ...installed.kept.flatMap(({ version, since }) => (version === null ? [] : [{ version, date: since, kept: true }])),
  ].filter(({ version }) => !known(version))
  const alone = here.map(
    (one): VersionItem => ({ ...one, title: null, current: isCurrent(one.version), published: false }),
  )
  return { versions: newestFirst([...alone, ...versions], scheme), problem: asked.problem }
}

/** What the source lists, as a decision sees it: of an image only the tags that follow the one that runs. */
async function listed(
  ports: EnginePorts,
  { settings, installed }: Opened,
  cacheMs: number,
  signal: AbortSignal,
): Promise<readonly Release[]> {
  const source = await ports.adapters.source(settings.source)
  const what = followed(settings.source, installed.facts['tag'])
  const tag = what?.byDigest === true ? what.tag : null
  const { releases } = await source.list({ force: false, cacheMs, signal, tag })
  const { scheme } = settings.version
  const own =
    settings.source.type === 'oci' ? releasesOfFamily(releases, { followed: what, named: null }, scheme) : releases
  return settings.source['prereleases'] === true
    ? own
    : own.filter(({ version, prerelease }) => !prerelease && !isPrerelease(version, scheme))
}
