/**
 * What was looked at on a host before anything is concluded from it. A program or a person may have left any of it behind,
 * so one reading alone proves little; `classify` weighs them against each other.
 */

/**
 * What a look gave, or why it gave nothing: a system error's name (ENOENT says that it is not there), or one of our
 * codes where a program was asked.
 */
export type Reading<T> = { readonly value: T } | { readonly errno: string }

/** Files and links. `keep` in the reader says what of them is kept; of process 1's environment, `container=` alone. */
export const filesRead = [
  '/.dockerenv',
  '/run/.containerenv',
  '/run/host/container-manager',
  '/run/systemd/container',
  '/run/systemd/system',
  '/proc/1/environ',
  '/proc/1/cgroup',
  '/proc/self/cgroup',
  '/proc/self/ns/pid',
  '/proc/self/uid_map',
  '/proc/self/mountinfo',
  '/proc/self/status',
  '/proc/sys/kernel/osrelease',
  '/proc/sys/fs/binfmt_misc/WSLInterop',
  '/run/WSL',
  '/dev/.lxc-boot-id',
  '/etc/os-release',
  '/proc/cpuinfo',
  '/proc/device-tree/model',
  '/sys/hypervisor/type',
  '/sys/class/dmi/id/sys_vendor',
  '/sys/class/dmi/id/product_name',
  '/sys/fs/cgroup/memory.max',
  '/sys/fs/cgroup/memory/memory.limit_in_bytes',
] as const

export type FileRead = (typeof filesRead)[number]

/** `paths`: the absolute ones of its command line that are there, the program first. */
export interface UnitReading {
  readonly unit: string
  readonly scope: 'system' | 'user'
  readonly active: boolean
  readonly workingDirectory: string | null
  readonly paths: readonly string[]
  readonly user: string | null
}

/** `exe` and `cwd` are null where they may not be read. */
export interface ProcessReading {
  readonly pid: number
  readonly exe: string | null
  readonly cwd: string | null
  /** Somebody sits in front of it. */
  readonly terminal: boolean
}

/** A place where an engine may listen. */
export interface EngineReading {
  readonly address: string
  readonly answer: Reading<{
    readonly name: 'docker' | 'podman'
    readonly version: string
    readonly containers: readonly ContainerReading[]
  }>
}

/** A running container that compose made: its labels. */
export interface ContainerReading {
  readonly project: string
  readonly service: string
  readonly folder: string | null
  readonly files: readonly string[]
}

/** A folder at one of the places where applications usually are. */
export interface FolderReading {
  readonly path: string
  readonly git: boolean
  /** The name of the compose file in it. */
  readonly compose: string | null
}

/** The work tree around the present folder. `changes`: files that differ from the commit, or are not in it. */
export interface CheckoutReading {
  readonly path: string
  readonly changes: number
}

/** What the unit that we run in allows; null: no limit. */
export interface OwnUnitReading {
  readonly unit: string
  readonly memoryBytesMax: number | null
  readonly cpuPercentMax: number | null
  readonly protectSystem: string
  readonly protectHome: string
}

/** Whether a folder and the one above it may be written, by what the system says of rights; nothing is written to tell. */
export interface AccessReading {
  readonly itself: Reading<true>
  readonly parent: Reading<true>
}

/** A key of `files` that is missing was not looked at: it is as good as one that could not be read. */
export interface Readings {
  readonly v: 1
  /** As Node calls it: linux, win32, darwin. */
  readonly platform: string
  readonly files: Readonly<Partial<Record<FileRead, Reading<string>>>>
  /** null: the platform has none. */
  readonly uid: number | null
  readonly home: string
  /** Our own program's folder: no application of the host's. */
  readonly program: string
  /** The answer to `sudo -n true`; root does not ask. */
  readonly sudo: Reading<true>
  /** Their words for how they are: running, degraded, offline, … */
  readonly systemManager: Reading<string>
  readonly userManager: Reading<string>
  /** null: we run in no unit. */
  readonly ownUnit: Reading<OwnUnitReading | null>
  /** The programs that were found, by name. */
  readonly programs: readonly string[]
  /** The ways to call compose that answered, as a person types them. */
  readonly composePrograms: readonly string[]
  readonly engines: readonly EngineReading[]
  readonly units: Reading<readonly UnitReading[]>
  readonly processes: Reading<readonly ProcessReading[]>
  readonly folders: readonly FolderReading[]
  /** null: the present folder is in none. */
  readonly checkout: Reading<CheckoutReading | null>
  /** Of the candidate paths. */
  readonly access: Readonly<Record<string, AccessReading>>
}

/** Whether a look was possible: what is there, or that nothing is. */
export function isKnown(readings: Readings, file: FileRead): boolean {
  const reading = readings.files[file]
  return reading !== undefined && ('value' in reading || reading.errno === 'ENOENT' || reading.errno === 'ENOTDIR')
}

/** What was read, or null. */
export function valueOf<T>(reading: Reading<T> | undefined): T | null {
  return reading !== undefined && 'value' in reading ? reading.value : null
}

/** The text of a file; null when it is not there or could not be read. */
export function fileOf(readings: Pick<Readings, 'files'>, file: FileRead): string | null {
  return valueOf(readings.files[file])
}
