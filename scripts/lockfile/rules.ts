import { isExact, type Lock, type LockedPackage, unlockedOptionals } from './lock.ts'

const groups = ['dependencies', 'devDependencies', 'optionalDependencies'] as const

/** Sentences about what is wrong with the lockfile; none when it is as it must be. */
export function lockfileFaults(lockText: string, manifestText: string): string[] {
  const lock: Lock = JSON.parse(lockText)
  const manifest: LockedPackage = JSON.parse(manifestText)
  const entries = Object.entries(lock.packages).filter(([path]) => path !== '')
  if (entries.length === 0) return ['package-lock.json lists no packages']
  const gaps = unlockedOptionals(lock.packages).map(
    ({ by, name }) => `${by}: asks for ${name}, which has no entry; run npm run lock`,
  )
  const [own, others] = [entries.filter(isOwn), entries.filter((entry) => !isOwn(entry))]
  return [
    ...others.flatMap((entry) => (leadsToOwn(entry, own) ? [] : packageFaults(entry))),
    ...own.flatMap(([path, entry]) => looseFaults(entry).map((fault) => `${path}: ${fault}`)),
    ...gaps,
    ...manifestFaults(manifest, lock.packages[''] ?? {}),
  ]
}

type Locked = readonly [path: string, entry: LockedPackage]

/** A workspace: a folder of this clone. */
function isOwn([path]: Locked): boolean {
  return !path.split('/').includes('node_modules')
}

function leadsToOwn([, { link, resolved }]: Locked, own: readonly Locked[]): boolean {
  return link === true && own.some(([path]) => path === resolved)
}

function packageFaults([path, entry]: Locked): string[] {
  const faults: string[] = []
  if (entry.resolved !== undefined) {
    // An address would bind every clone to one registry, and could point a package elsewhere than its name says.
    faults.push(`${path}: has a download address; install with the .npmrc of this clone, which leaves it out`)
  }
  if (entry.integrity === undefined && mayRunHere(entry)) faults.push(`${path}: has no integrity hash`)
  if (entry.hasInstallScript === true) faults.push(`${path}: runs a script when installed; scripts/run.mjs runs none`)
  return faults
}

/** Whether it can be installed on the platforms that this project pins a Node for: Linux with glibc, x64 or arm64. */
function mayRunHere({ optional, os, cpu, libc }: LockedPackage): boolean {
  if (optional !== true) return true
  const names = (list: readonly string[] | undefined, ...wanted: string[]) =>
    list === undefined || wanted.some((one) => list.includes(one))
  return names(os, 'linux') && names(cpu, 'x64', 'arm64') && names(libc, 'glibc')
}

function manifestFaults(manifest: LockedPackage, root: LockedPackage): string[] {
  return groups
    .flatMap((group) => {
      const declared = manifest[group] ?? {}
      const locked = root[group] ?? {}
      const names = new Set([...Object.keys(declared), ...Object.keys(locked)])
      const differing = [...names].filter((name) => declared[name] !== locked[name])
      return differing.map((name) => `${name}: package.json and package-lock.json differ; run npm run lock`)
    })
    .concat(looseFaults(manifest))
}

function looseFaults(declaring: LockedPackage): string[] {
  return groups
    .flatMap((group) => Object.entries(declaring[group] ?? {}))
    .filter(([, range]) => !isExact(range))
    .map(([name, range]) => `${name}: "${range}" is a range; pin one version`)
}
