import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What a test file needs of the machine, beyond the packages of this clone. */
export interface Requirement {
  /** The word that a test file asks for it with. */
  readonly id: string
  /** Named at the end of a run that went without it. */
  readonly suite: string
  /** Each command with the Debian package that has it. */
  readonly commands: Readonly<Record<string, string>>
  /** Each file that must be there, with its Debian package. */
  readonly present?: Readonly<Record<string, string>>
  readonly root?: boolean
  /** A command that must succeed, for what only trying can tell. */
  readonly probe?: readonly [string, ...string[]]
  /** An import that asks for it too, in test files of that folder. */
  readonly importedFrom?: RegExp
  readonly inFolder?: string
}

/** A file of tests, from the root of the clone. */
export interface TestFile {
  readonly file: string
  readonly text: string
}

export interface Unavailable {
  readonly requirement: Requirement
  readonly missing: readonly Missing[]
  /** The test files that do not run for it. */
  readonly files: readonly string[]
}

export interface Missing {
  readonly what: string
  /** The Debian package that brings it; null when none does. */
  readonly from: string | null
}

const needsLine = /^\/\/ needs: (.+)$/m
const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin']

/** The requirements that a test file asks for; throws for a word that is none. */
export function requirementsOf({ file, text }: TestFile, requirements: readonly Requirement[]): readonly Requirement[] {
  const ids =
    needsLine
      .exec(text)?.[1]
      ?.split(',')
      .map((id) => id.trim()) ?? []
  const unknown = ids.filter((id) => !requirements.some((one) => one.id === id))
  if (unknown.length > 0)
    throw new Error(`${file} needs "${unknown.join('", "')}", which scripts/test/requirements.list.ts does not have`)
  return requirements.filter(
    ({ id, importedFrom, inFolder = '' }) =>
      ids.includes(id) || (file.startsWith(inFolder) && importedFrom?.test(text) === true),
  )
}

export function commandFile(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...systemFolders].filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** Asks the machine; empty when the requirement is met. */
export function missingFor({ commands, present = {}, root = false, probe }: Requirement): readonly Missing[] {
  const missing = [
    ...Object.entries(commands).filter(([name]) => commandFile(name) === null),
    ...Object.entries(present).filter(([file]) => !existsSync(file)),
  ].map(([what, from]): Missing => ({ what, from }))
  if (root && !isRoot()) return [...missing, { what: 'root', from: null }]
  // Trying takes the commands, so it tells nothing while one of them is missing.
  if (missing.length > 0 || probe === undefined) return missing
  const [program, ...args] = probe
  const works = spawnSync(program, args, { stdio: 'ignore' }).status === 0
  return works ? [] : [{ what: `a machine where "${probe.join(' ')}" works`, from: null }]
}

/** What of the requirements asked for by these files is not met here. */
export function findUnavailable(files: readonly TestFile[], requirements: readonly Requirement[]): Unavailable[] {
  const asked = files.map((one) => ({ file: one.file, by: requirementsOf(one, requirements) }))
  return requirements.flatMap((requirement) => {
    const its = asked.filter(({ by }) => by.includes(requirement)).map(({ file }) => file)
    const missing = its.length === 0 ? [] : missingFor(requirement)
    return missing.length === 0 ? [] : [{ requirement, missing, files: its }]
  })
}

/** The sentence that tells how to enable a suite. */
export function howToEnable({ requirement, missing, files }: Unavailable): string {
  const packages = [...new Set(missing.flatMap(({ from }) => (from === null ? [] : [from])))]
  const others = missing
    .filter(({ from }) => from === null)
    .map(({ what }) => (what === 'root' ? 'run as root' : `use ${what}`))
  const steps = [...(packages.length > 0 ? [`apt-get install ${packages.join(' ')}`] : []), ...others]
  const needs = missing.map(({ what }) => what).join(', ')
  return `${requirement.suite} (${files.join(', ')}): needs ${needs}; to enable: ${steps.join(', then ')}`
}
