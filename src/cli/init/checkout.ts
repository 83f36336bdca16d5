import { posix } from 'node:path'
import { bareRemote, isBranch } from './address.ts'
import { type Way, weights } from './facts.ts'
import { type Ini, last, parseIni } from './ini.ts'
import type { Looks } from './looks.ts'

/** What a git checkout follows, read from its files. Git itself is only asked what was changed. */
export interface Checkout {
  /** Without user and password. null: there is no remote that can be followed. */
  readonly url: string | null
  readonly ref: string
  readonly notes: readonly string[]
}

/** null: the folder is none. */
export async function checkoutOf(looks: Looks, folder: string): Promise<Checkout | null> {
  const place = await gitFolder(looks, folder)
  if (place === null) return null
  const head = (await looks.peek(posix.join(place.own, 'HEAD')))?.trim() ?? null
  const config = await looks.peek(posix.join(place.shared, 'config'))
  if (head === null || config === null) return null
  const ini = parseIni(config)
  const local = /^ref: refs\/heads\/(.+)$/.exec(head)?.[1] ?? null
  const remote = remoteOf(ini, local)
  const ref = await refOf(looks, { ini, shared: place.shared, local, remote: remote.name })
  return {
    url: remote.url,
    ref: ref.name,
    notes: [
      ...remote.notes,
      ...ref.notes,
      ...(await changesOf(looks, folder)),
      ...((await looks.peek(posix.join(place.shared, 'shallow'))) === null
        ? []
        : ['the checkout is shallow: its history was cut off, so going back reaches no further than what is here']),
      ...((await looks.peek(posix.join(folder, '.gitmodules'))) === null ? [] : ['the checkout has submodules']),
    ],
  }
}

/** As a way to follow the application in that folder; null where nothing can be followed. */
export function wayOf({ url, ref, notes }: Checkout, folder: string): Way | null {
  if (url === null) return null
  return {
    origin: { kind: 'git', url, ref },
    why: `${folder} is a git checkout of it`,
    weight: weights.checkout,
    notes,
  }
}

/** A work tree beside the main one has a file that leads to its own part and to the shared one. */
async function gitFolder(looks: Looks, folder: string): Promise<{ own: string; shared: string } | null> {
  const at = posix.join(folder, '.git')
  const link = /^gitdir: *(.+)$/m.exec((await looks.peek(at)) ?? '')?.[1]?.trim()
  if (link === undefined) return (await looks.peek(posix.join(at, 'HEAD'))) === null ? null : { own: at, shared: at }
  const own = posix.resolve(folder, link)
  const common = (await looks.peek(posix.join(own, 'commondir')))?.trim()
  return { own, shared: common === undefined ? own : posix.resolve(own, common) }
}

interface Remote {
  readonly name: string
  readonly url: string | null
  readonly notes: readonly string[]
}

/** The remote that the branch follows, else origin, else the only one. */
function remoteOf(ini: Ini, branch: string | null): Remote {
  const names = [...ini.keys()].flatMap((section) => /^remote "(.*)"$/.exec(section)?.[1] ?? [])
  const followed = branch === null ? null : last(ini, `branch "${branch}"`, 'remote')
  const name = [followed, 'origin', ...names].find((each) => each !== null && names.includes(each)) ?? null
  if (name === null) {
    return {
      name: 'origin',
      url: null,
      notes: ['the checkout has no remote, so there is nothing that it could follow'],
    }
  }
  const bare = bareRemote(withoutComment(last(ini, `remote "${name}"`, 'url') ?? ''))
  if (bare === null)
    return { name, url: null, notes: [`the address of the remote ${plain(name)} is none that belay can follow`] }
  const secret =
    'the address of the remote has a user and password or token in it: they are not copied. Where it needs them, add token_env: NAME to the source, or use an address of ssh'
  return { name, url: bare.url, notes: bare.hadSecret ? [secret] : [] }
}

function withoutComment(value: string): string {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(value)?.[1]
  return (quoted ?? value.replace(/\s[#;].*$/, '')).replace(/\\(["\\])/g, '$1')
}

function plain(name: string): string {
  return isBranch(name) ? name : 'of this checkout'
}

interface RefQuestion {
  readonly ini: Ini
  readonly shared: string
  readonly local: string | null
  readonly remote: string
}

async function refOf(looks: Looks, of: RefQuestion): Promise<{ name: string; notes: readonly string[] }> {
  const { ini, shared, local, remote } = of
  if (local !== null) {
    const merged = /^refs\/heads\/(.+)$/.exec(last(ini, `branch "${local}"`, 'merge') ?? '')?.[1] ?? null
    const name = merged ?? local
    if (!isBranch(name))
      return { name: 'main', notes: ['its branch has a name that cannot be written here: change ref'] }
    return {
      name,
      notes:
        merged === null
          ? [`the branch ${name} is not set to follow one of the remote: see whether the remote has it`]
          : [],
    }
  }
  const first = (await looks.peek(posix.join(shared, 'refs/remotes', remote, 'HEAD')))?.trim() ?? ''
  const known = first.startsWith(`ref: refs/remotes/${remote}/`)
    ? first.slice(`ref: refs/remotes/${remote}/`.length)
    : ''
  const name = isBranch(known) ? known : 'main'
  const why = name === known ? "is the remote's first" : 'is a guess'
  return {
    name,
    notes: [`the checkout is on no branch (detached): ${name} ${why}. An update moves it to what ref names`],
  }
}

async function changesOf(looks: Looks, folder: string): Promise<readonly string[]> {
  const count = await looks.changes(folder)
  if (count === null) return ['git could not tell whether files were changed here: git status does']
  if (count === 0) return []
  const files = count === 1 ? 'one file was' : `${count} files were`
  return [
    `${files} changed in the checkout and not committed (git status shows them): an update is refused while they are there, or local_changes: stash puts them aside`,
  ]
}
