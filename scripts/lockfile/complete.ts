import { isExact, type Lock, type LockedPackage, type Unlocked, unlockedOptionals } from './lock.ts'

const platformPattern =
  /(?<os>android|darwin|freebsd|linux|openharmony|win32)-(?<cpu>arm64|arm|x64|ia32|ppc64|riscv64|s390x)(?:-(?<libc>gnu|musl))?/

/**
 * Tools publish one binary per platform, and a registry's mirror may lag behind on the rarer ones; npm then writes a lockfile
 * that `npm ci` refuses. This fills the gap with entries that say which platform they are for. They carry no hash, so
 * the check accepts them for platforms alone on which this project pins nothing.
 */
export function completeLock(lock: Lock): Lock {
  const added = unlockedOptionals(lock.packages).map((gap): [string, LockedPackage] => [
    `node_modules/${gap.name}`,
    { ...entryFor(gap), ...(lock.packages[gap.by]?.dev === true ? { dev: true } : {}) },
  ])
  const entries = [...Object.entries(lock.packages), ...added]
  return { ...lock, packages: Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1))) }
}

function entryFor({ by, name, version }: Unlocked): LockedPackage {
  const platform = platformPattern.exec(name)?.groups
  if (platform?.['os'] === undefined || platform['cpu'] === undefined || !isExact(version)) {
    throw new Error(`${by} asks for ${name}@${version}, and which platform that is for cannot be read from its name`)
  }
  const libc = { gnu: ['glibc'], musl: ['musl'] }[platform['libc'] ?? '']
  return { version, cpu: [platform['cpu']], optional: true, os: [platform['os']], ...(libc ? { libc } : {}) }
}
