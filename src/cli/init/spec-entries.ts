import type { ComponentFacts, Origin } from './facts.ts'
import { type Entry, entry } from './text.ts'

export function originEntries(origin: Origin, why: string): readonly Entry[] {
  switch (origin.kind) {
    case 'github':
      return [
        entry('type', 'github', why),
        entry('repo', origin.repo),
        ...(origin.api === null ? [] : [entry('api', origin.api, 'its API is not at github.com')]),
        entry('asset', origin.asset, assetWhy(origin.asset)),
        ...(origin.prereleases ? [entry('prereleases', true, 'beta versions too')] : []),
      ]
    case 'gitlab':
      return [
        entry('type', 'gitlab', why),
        /^\d+$/.test(origin.project)
          ? entry('project', Number(origin.project), 'the number of the project')
          : entry('repo', origin.project),
        ...(origin.url === null ? [] : [entry('url', origin.url, 'the server, which is not gitlab.com')]),
        entry('asset', origin.asset, assetWhy(origin.asset)),
      ]
    case 'http':
      return [entry('type', 'http', why), entry('url', origin.url)]
    case 'github-tree':
      return [
        entry('type', 'github-tree', why),
        entry('repo', origin.repo),
        ...(origin.branch === null ? [] : [entry('branch', origin.branch)]),
        ...(origin.api === null ? [] : [entry('api', origin.api, 'its API is not at github.com')]),
      ]
    case 'oci':
      return [entry('type', 'oci', why), entry('image', origin.image)]
    case 'git':
      return [
        entry('type', 'git', why),
        entry('url', origin.url),
        entry('ref', origin.ref, 'a branch, or { tags: "v*" }'),
      ]
  }
}

function assetWhy(asset: string): string {
  return asset === 'source-tar'
    ? 'the archive of the sources that the server makes'
    : 'the file of a release that is installed'
}

export function isDirectory(kind: Origin['kind']): boolean {
  return kind === 'github' || kind === 'gitlab' || kind === 'http'
}

export function strategyEntries(of: ComponentFacts, kind: Origin['kind']): readonly Entry[] {
  const path = of.path ?? `/opt/${of.name}`
  const place = of.path === null ? entry('path', path, 'change this: where it shall be installed') : entry('path', path)
  const common = [...userEntry(of), ...commandEntries(of, kind), serviceEntry(of)]
  switch (kind) {
    case 'github-tree':
      return [
        entry('type', 'files', 'a folder that follows a branch file by file'),
        place,
        entry('protect', of.protect, 'no update touches these'),
        ...common,
      ]
    case 'git':
      return [
        entry('type', 'git', 'a checkout that is moved on by git'),
        place,
        ...preserveEntry(
          of.preserve.filter((pattern) => pattern !== '.git/**'),
          'an update leaves these as they are',
        ),
        ...common,
      ]
    case 'oci':
      return [
        entry('type', 'compose', 'the service of a compose file, pulled by digest and put back when it is not well'),
        entry('file', `${path}/docker-compose.yml`, 'change this'),
        entry('service', of.name, 'change this'),
      ]
    default:
      return [
        entry('type', 'directory', 'an application unpacked from a release archive'),
        place,
        (of.layout ?? (of.path === null ? 'slots' : 'in-place')) === 'slots'
          ? entry('layout', 'slots', 'releases/<version> and a link to the current one: the old version stays at hand')
          : entry('layout', 'in-place', 'the folder stays where the service expects it; belay adopt moves on to slots'),
        ...preserveEntry(of.preserve, 'your own files inside it, carried over to each new version'),
        ...common,
      ]
  }
}

function preserveEntry(patterns: readonly string[], why: string): readonly Entry[] {
  return patterns.length === 0 ? [] : [entry('preserve', patterns, why)]
}

function userEntry({ user }: ComponentFacts): readonly Entry[] {
  return user === null ? [] : [entry('user', user, 'owns new files, and runs prepare and migrate commands')]
}

function commandEntries({ make, prepare, migrate }: ComponentFacts, kind: Origin['kind']): readonly Entry[] {
  const commands = (key: string, all: ComponentFacts['prepare']): readonly Entry[] =>
    all.length === 0
      ? []
      : [
          entry(
            key,
            all.map(({ value }) => value),
            [...new Set(all.map(({ why }) => why))].join('; '),
          ),
        ]
  return [
    ...commands('prepare', kind === 'github-tree' ? prepare : [...make, ...prepare]),
    ...commands('migrate', migrate),
  ]
}

function serviceEntry({ unit }: ComponentFacts): Entry {
  return unit !== null
    ? entry('service', { type: 'systemd', unit }, 'stopped for the switch alone')
    : entry(
        'service',
        { type: 'none' },
        'no unit was found. Change this: { type: systemd, unit: NAME }, or { type: process, command: [ … ] }',
      )
}
