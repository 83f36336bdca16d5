type Names = Readonly<Record<string, string>>

interface Manifest {
  readonly version?: string
  readonly dependencies?: Names
  readonly devDependencies?: Names
  readonly optionalDependencies?: Names
}

interface LockedPackage extends Manifest {
  readonly resolved?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly hasInstallScript?: boolean
}

const groups = ['dependencies', 'devDependencies', 'optionalDependencies'] as const

/** Sentences about what is wrong with the lockfile; none when it is as it must be. */
export function lockfileFaults(lockText: string, manifestText: string): string[] {
  const lock: { readonly packages: Readonly<Record<string, LockedPackage>> } = JSON.parse(lockText)
  const manifest: Manifest = JSON.parse(manifestText)
  const entries = Object.entries(lock.packages).filter(([path]) => path !== '')
  if (entries.length === 0) return ['package-lock.json lists no packages']
  return [...entries.flatMap(packageFaults), ...manifestFaults(manifest, lock.packages[''] ?? {})]
}

function packageFaults([path, entry]: [string, LockedPackage]): string[] {
  const faults: string[] = []
  if (entry.resolved !== undefined) {
    // An address would bind every clone to one registry, and could point a package elsewhere than its name says.
    faults.push(`${path}: has a download address; install with the .npmrc of this clone, which leaves it out`)
  }
  if (entry.integrity === undefined && entry.link !== true) faults.push(`${path}: has no integrity hash`)
  if (entry.hasInstallScript === true) faults.push(`${path}: runs a script when installed; scripts/run.mjs runs none`)
  return faults
}

function manifestFaults(manifest: Manifest, root: Manifest): string[] {
  return groups.flatMap((group) => {
    const declared = manifest[group] ?? {}
    const locked = root[group] ?? {}
    const names = new Set([...Object.keys(declared), ...Object.keys(locked)])
    const differing = [...names].filter((name) => declared[name] !== locked[name])
    const loose = Object.entries(declared).filter(([, range]) => !/^\d+\.\d+\.\d+$/.test(range))
    return [
      ...differing.map((name) => `${name}: package.json and package-lock.json differ; run npm install`),
      ...loose.map(([name, range]) => `${name}: "${range}" is a range; pin one version`),
    ]
  })
}
