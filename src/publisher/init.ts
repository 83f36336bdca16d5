import { join } from 'node:path'
import { fail } from '../core/model/problem.ts'
import { type Envelope, fileBytes, isoAt, metaOf } from '../core/publish/documents.ts'
import {
  type Authority,
  emptyTargets,
  firstOnline,
  firstRoot,
  type Given,
  keysFor,
  roleOf,
  topRoles,
  withChannel,
} from '../core/publish/roles.ts'
import { signedWith, unsigned } from '../core/publish/signatures.ts'
import { atomicWrite } from '../host/tree/durable.ts'
import type { InitOptions, InitReport } from '../ports/publisher.ts'
import { configName, configText, expiryMsOf, parseReleaseConfig } from './config.ts'
import { namesIn } from './folder.ts'
import type { SecretKey } from './keys.ts'
import { minisignPublic } from './minisign.ts'
import { place, type Placed } from './place.ts'
import { document } from './publish.ts'
import type { Desk } from './state.ts'
import { withTurn } from './turn.ts'

interface Made extends Given {
  readonly secret: readonly SecretKey[]
}

/** All roles and keys of a new repository, and the repository itself: valid, and empty. */
export function init(desk: Desk, options: InitOptions): Promise<InitReport> {
  return withTurn(desk, async () => {
    const { places, keys, now } = desk
    const { product, profile, channels, url } = options
    const text = configText({ product, profile, channels: [...channels], url })
    const config = parseReleaseConfig(text, join(places.dir, configName))
    await requireEmpty(places.dir)
    const until = (role: string): number => now() + expiryMsOf(config, role)
    const make = async (role: string): Promise<Made> => {
      const { keys: count, threshold } = keysFor(profile, role)
      const secret = await keys.make(role, count, [])
      return { keys: secret.map(({ json }) => json), threshold, secret }
    }
    const given = {
      root: await make('root'),
      targets: await make('targets'),
      snapshot: await make('snapshot'),
      timestamp: await make('timestamp'),
    }
    const root = firstRoot(given, until('root'))
    let targets = emptyTargets(until('targets'))
    const documents = new Map<string, Envelope>()
    for (const channel of channels) {
      const made = await make(channel)
      const name = roleOf({ product, channel })
      targets = withChannel(targets, { product, channel }, made)
      documents.set(name, signed({ ...emptyTargets(0), expires: isoAt(until(channel)) }, made))
    }
    documents.set('targets', signed(targets, given.targets))
    documents.set('root', signed(root, given.root))
    const [minisign] = await keys.make('minisign', 1, [])
    if (minisign === undefined) throw new Error('no key was made')
    await atomicWrite(join(keys.dir, 'minisign.pub'), minisignPublic(minisign), { mode: 0o644 })
    await place(withOnline(documents, given, until), places.repo, desk.wrote)
    await atomicWrite(places.pinned, fileBytes(signed(root, given.root)), { mode: 0o644 })
    await atomicWrite(join(places.dir, '.gitignore'), ignored, { mode: 0o644 })
    // Last: without it the folder counts as nothing that was begun.
    await atomicWrite(join(places.dir, configName), text, { mode: 0o644 })
    const all = [...topRoles, ...channels]
    const known = await keys.known()
    return {
      keys: known.map((key) => {
        const name = key['x-belay-name'] ?? ''
        const role = all.find((each) => name.replace(/-\d+$/, '') === each) ?? 'minisign'
        return { role, file: join(keys.dir, `${name}.key`), online: role === 'snapshot' || role === 'timestamp' }
      }),
      root: places.pinned,
      minisign: minisignPublic(minisign).split('\n')[1] ?? '',
      source: sourceBlock(product, channels[0] ?? 'stable', url),
    }
  })
}

function withOnline(
  documents: ReadonlyMap<string, Envelope>,
  given: Readonly<Record<'snapshot' | 'timestamp', Made>>,
  until: (role: string) => number,
): readonly Placed[] {
  const meta = Object.fromEntries(
    [...documents]
      .filter(([role]) => role !== 'root')
      .map(([role, envelope]) => [`${role}.json`, metaOf(1, fileBytes(envelope))]),
  )
  const empty = firstOnline(until('snapshot'))
  const snapshot = signed({ ...empty.snapshot, version: 1, meta }, given.snapshot)
  const named = { 'snapshot.json': metaOf(1, fileBytes(snapshot)) }
  const expires = isoAt(until('timestamp'))
  const timestamp = signed({ ...empty.timestamp, version: 1, expires, meta: named }, given.timestamp)
  return [
    ...[...documents].map(([role, envelope]) => document(role, envelope)),
    document('snapshot', snapshot),
    { path: 'metadata/timestamp.json', bytes: fileBytes(timestamp) },
  ]
}

function signed(body: Envelope['signed'], { secret, threshold }: Made): Envelope {
  const authority: Authority = {
    keys: Object.fromEntries(secret.map(({ id, json }) => [id, json])),
    role: { keyids: secret.map(({ id }) => id), threshold },
  }
  return signedWith(unsigned(body), secret, [authority])
}

async function requireEmpty(dir: string): Promise<void> {
  const names = await namesIn(dir)
  const found = [configName, 'keys', 'repo', 'root.json'].find((name) => names.includes(name))
  if (found === undefined) return
  throw fail('E_USAGE', `there is a ${found} in ${dir} already`, {
    hint: 'Nothing was changed. Take another folder: new keys over old ones would leave every host behind that trusts those.',
    facts: { found },
  })
}

/**
 * The keys are encrypted, and still have no place where others read. What waits for signatures is of one machine: elsewhere
 * it would keep others from publishing.
 */
const ignored = 'keys/\nbuilds/\npending/\n.belay-release.lock\n'

const sourceBlock = (product: string, channel: string, url: string | null): string => `source:
  type: belay
  url: ${url ?? 'https://releases.example.org'}
  root: /etc/belay/${product}.root.json
  product: ${product}
  channel: ${channel}
`
