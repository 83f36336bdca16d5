import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What a group of test files needs of the machine, beyond the packages of this clone. */
export interface Requirement {
  /** Named at the end of a run that went without it. */
  readonly suite: string
  /** The stage that it belongs to. */
  readonly stage: string
  /** Globs, from the root of the clone. */
  readonly files: readonly string[]
  readonly commands: readonly string[]
  /** Files that must be there, for what is not a command. */
  readonly present?: readonly string[]
  readonly root?: boolean
  /** A command that must succeed, for what only trying can tell. */
  readonly probe?: readonly [string, ...string[]]
  /** Debian packages that bring the commands. */
  readonly packages: readonly string[]
}

export interface Unavailable {
  readonly requirement: Requirement
  readonly missing: readonly string[]
}

const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin']

export function commandFile(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...systemFolders].filter((folder) => folder !== '')
  for (const folder of folders) {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return join(folder, name)
    } catch {
      // The next folder may have it.
    }
  }
  return null
}

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** Asks the machine; empty when the suite can run. */
export function missingFor(requirement: Requirement): readonly string[] {
  const commands = requirement.commands.filter((name) => commandFile(name) === null)
  const files = (requirement.present ?? []).filter((file) => !existsSync(file))
  const root = requirement.root === true && !isRoot() ? ['root'] : []
  const missing = [...commands, ...files, ...root]
  if (missing.length > 0 || requirement.probe === undefined) return missing
  const [program, ...args] = requirement.probe
  const works = spawnSync(program, args, { stdio: 'ignore' }).status === 0
  return works ? [] : [`a machine where "${requirement.probe.join(' ')}" works`]
}

/** The sentence that tells how to enable a suite. */
export function howToEnable({ requirement, missing }: Unavailable): string {
  const steps = []
  if (missing.includes('root')) steps.push('run as root')
  if (missing.some((thing) => thing !== 'root')) {
    steps.push(
      requirement.packages.length > 0
        ? `apt-get install ${requirement.packages.join(' ')}`
        : `provide ${missing.join(', ')}`,
    )
  }
  return `${requirement.suite}: needs ${missing.join(', ')}; to enable: ${steps.join(', ')}`
}
