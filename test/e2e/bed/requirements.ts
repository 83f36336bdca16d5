/** What the bed needs of the machine it runs on. */
import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The repository's root. */
export const repository = join(import.meta.dirname, '../../..')

/** The pinned Node of this machine's architecture; devices run it too. */
export function pinnedNode(): string {
  return join(repository, `node_modules/node-linux-${process.arch}/bin/node`)
}

/**
 * One sentence for each thing that is missing, each with what to do; empty when the bed can run. A suite that cannot
 * run says so: it never skips in silence.
 */
export function missingRequirements(also?: 'containers'): readonly string[] {
  if (process.platform !== 'linux') return ['the end-to-end bed needs Linux']
  const missing: string[] = []
  if (process.getuid?.() !== 0) missing.push('the end-to-end bed needs root: it makes namespaces and mounts')
  if (!executable(pinnedNode())) missing.push(`${pinnedNode()} is not there: run npm ci`)
  const wanted = { ...packagesOf('packages.json'), ...(also === undefined ? {} : packagesOf(`${also}.json`)) }
  for (const [command, debianPackage] of Object.entries(wanted)) {
    if (!onPath(command)) missing.push(`${command} is not there: apt-get install ${debianPackage}`)
  }
  return missing
}

/** Command → the Debian package that has it. */
function packagesOf(file: string): Readonly<Record<string, string>> {
  const text = readFileSync(join(import.meta.dirname, file), 'utf8')
  return (JSON.parse(text) as { packages: Record<string, string> }).packages
}

function onPath(command: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.some((folder) => executable(join(folder, command)))
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
