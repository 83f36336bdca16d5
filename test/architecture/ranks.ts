/**
 * Who may import whom, folder by folder, each with its reason. This is the table of docs/architecture.md as data.
 */
export interface Rank {
  /** Below `src/`. */
  readonly folder: string
  /** Folders below `src/` that it may import, besides itself. */
  readonly may: readonly string[] | 'all'
  /** Each folder directly inside stands alone, and so does the folder itself: `sources/github` never imports `sources/gitlab`. */
  readonly perKind?: boolean
  /** The third-party packages it may import; any when absent. */
  readonly packages?: readonly string[]
  /** The modules of Node it may import; any when absent. */
  readonly node?: readonly string[]
  /** Takes types of Node's modules, which are erased, besides those in `node`. */
  readonly nodeTypes?: boolean
  /** No clock, no chance, no process. */
  readonly pure?: boolean
  readonly reason: string
}

const adapterReason = 'an adapter knows the ports and the machine: adding or removing one touches no other'

function adapter(folder: string, perKind: boolean): Rank {
  return { folder, may: ['core', 'ports', 'protocol', 'host'], perKind, reason: adapterReason }
}

const applicationReason =
  'an application knows ports only: it is handed its adapters by main, and the engine by its port'

export const ranks: readonly Rank[] = [
  {
    folder: 'core',
    may: [],
    packages: ['zod', 'semver', '@renovatebot/pep440', 'croner', '@tufjs/models', '@tufjs/canonical-json'],
    node: ['node:crypto'],
    pure: true,
    reason: 'the decisions must give the same answer when they are replayed after a crash, so they see data only',
  },
  {
    folder: 'protocol',
    may: ['core'],
    packages: ['zod'],
    node: [],
    pure: true,
    reason: 'schemas and texts are shared with the page and with other hosts, where there is no machine to reach',
  },
  {
    folder: 'ports',
    may: ['core'],
    packages: ['zod'],
    node: [],
    nodeTypes: true,
    pure: true,
    reason: 'an interface that knows an implementation is not one',
  },
  {
    folder: 'host',
    may: ['core', 'ports', 'protocol'],
    reason: 'the machine is shared by all adapters, so it depends on none',
  },
  adapter('sources', true),
  adapter('strategies', true),
  adapter('steps', false),
  adapter('checks', true),
  adapter('backups', true),
  adapter('services', true),
  adapter('probes', true),
  adapter('traffic', true),
  adapter('notifiers', true),
  adapter('storage', false),
  adapter('publisher', false),
  {
    folder: 'engine',
    may: ['core', 'ports', 'protocol'],
    node: ['node:crypto', 'node:events', 'node:path', 'node:timers/promises', 'node:util'],
    reason: `${applicationReason}; and it touches the machine through ports alone, or a test could not stop it between any two touches`,
  },
  {
    folder: 'agent',
    may: ['core', 'ports', 'protocol'],
    node: [],
    pure: true,
    reason: `${applicationReason}; and it knows no clock but the one it is handed, so that years of it can be tried in seconds`,
  },
  {
    folder: 'api',
    may: ['core', 'ports', 'protocol'],
    node: ['node:async_hooks', 'node:crypto', 'node:path', 'node:stream', 'node:util'],
    reason: `${applicationReason}; what it starts, it starts through that port, so that no request runs an update inside itself`,
  },
  { folder: 'cli', may: ['core', 'ports', 'protocol'], reason: applicationReason },
  {
    folder: 'main',
    may: 'all',
    reason: 'the one place that joins the layers',
  },
]

/** What pure code takes from node:crypto: the same bytes in give the same bytes out (`sign` of Ed25519 draws nothing). */
export const pureCrypto: ReadonlySet<string> = new Set([
  'createHash',
  'hash',
  'constants',
  'createPublicKey',
  'createPrivateKey',
  'verify',
  'sign',
  'timingSafeEqual',
])
