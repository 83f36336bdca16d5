/** The parts of package-lock.json (version 3) that are read here; what else stands in it is carried along. */
export type Names = Readonly<Record<string, string>>

export interface LockedPackage {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly optional?: boolean
  readonly dev?: boolean
  readonly hasInstallScript?: boolean
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
  readonly dependencies?: Names
  readonly devDependencies?: Names
  readonly optionalDependencies?: Names
}

export type LockedPackages = Readonly<Record<string, LockedPackage>>

export interface Lock {
  readonly packages: LockedPackages
}

export interface Unlocked {
  /** Path of the package that asks for it. */
  readonly by: string
  readonly name: string
  readonly version: string
}

/** Where Node finds `name` from the package at `path`: its own node_modules, then each one above. */
export function findLocked(packages: LockedPackages, path: string, name: string): string | null {
  const own = `${path}${path === '' ? '' : '/'}node_modules/${name}`
  if (own in packages) return own
  if (path === '') return null
  const above = path.slice(0, Math.max(path.lastIndexOf('/node_modules/'), 0))
  return findLocked(packages, above, name)
}

/** Optional packages that are asked for and have no entry: `npm ci` refuses a lockfile with such a gap. */
export function unlockedOptionals(packages: LockedPackages): Unlocked[] {
  return Object.entries(packages).flatMap(([by, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name, version]) => {
        const found = findLocked(packages, by, name)
        return found === null || (isExact(version) && packages[found]?.version !== version)
      })
      .map(([name, version]) => ({ by, name, version })),
  )
}

export function isExact(version: string): boolean {
  return /^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version)
}
