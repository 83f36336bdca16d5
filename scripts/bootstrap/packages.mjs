// @ts-check
// Brings node_modules in step with package-lock.json. Runs on Node 20 with nothing installed.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join, sep } from 'node:path'
import { confirm, someoneIsThere } from './ask.mjs'

/**
 * @typedef {{ version?: string, integrity?: string, dev?: boolean, devOptional?: boolean, optional?: boolean }} LockEntry
 * @typedef {Record<string, LockEntry>} LockEntries
 * @typedef {{ kind: 'in-step' } | { kind: 'install', dev: boolean, because: string }} InstallDecision
 */

/**
 * Decides from the lockfile and from npm's own record of what it installed (`node_modules/.package-lock.json`, written last,
 * so an interrupted install leaves none). Optional packages may be absent: they are for other platforms.
 * Development packages that are there stay: the demo after a full install takes nothing away.
 * @param {LockEntries} wanted @param {LockEntries | null} installed @param {boolean} dev whether the task needs development packages
 * @returns {InstallDecision}
 */
export function decideInstall(wanted, installed, dev) {
  if (installed === null) return { kind: 'install', dev, because: 'no packages are installed yet' }
  const isDev = (/** @type {LockEntry} */ entry) => entry.dev === true || entry.devOptional === true
  const keepsDev = dev || Object.values(installed).some((entry) => entry.dev === true)
  const stale = Object.entries(wanted).filter(([path, entry]) => {
    const found = installed[path]
    if (path === '' || (isDev(entry) && !keepsDev)) return false
    if (found === undefined) return entry.optional !== true
    return found.version !== entry.version || found.integrity !== entry.integrity
  })
  if (stale.length === 0) return { kind: 'in-step' }
  const absent = stale.every(([path]) => installed[path] === undefined)
  const what = absent && stale.every(([, entry]) => isDev(entry)) ? 'the development packages are missing' : null
  return { kind: 'install', dev: keepsDev, because: what ?? `${stale.length} packages differ from package-lock.json` }
}

/** @param {string} file @returns {LockEntries | null} */
function readEntries(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : null
}

/**
 * `npm ci` replaces node_modules, the pinned Node in it included, so npm must run on the host's Node: inside `npm run` the
 * PATH begins with node_modules/.bin.
 */
function hostPath() {
  const inside = `${sep}node_modules${sep}.bin`
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.endsWith(inside))
    .join(delimiter)
}

/**
 * @param {string} root the clone @param {boolean} dev
 * @param {() => boolean} runtimeReady whether the pinned Node is there
 */
export async function ensurePackages(root, dev, runtimeReady) {
  const wanted = readEntries(join(root, 'package-lock.json')) ?? {}
  let decision = decideInstall(wanted, readEntries(join(root, 'node_modules', '.package-lock.json')), dev)
  if (decision.kind === 'in-step' && !runtimeReady()) {
    decision = { kind: 'install', dev, because: 'the pinned Node is missing' }
  }
  if (decision.kind === 'in-step') return
  // Flags, because a `NODE_ENV=production` or an `omit` in the user's own npm settings would leave out what the task needs.
  // No package of ours has an install script; none is run.
  const dependencies = decision.dev ? ['--include=dev'] : ['--omit=dev']
  const args = [
    'ci',
    ...dependencies,
    '--include=optional',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]
  console.error(
    `belay: ${decision.because}. Installing into ${join(root, 'node_modules')} with: npm ${args.slice(0, 2).join(' ')}`,
  )
  if (someoneIsThere() && !(await confirm('Go on?'))) throw new Error('stopped: this task needs its packages')
  const result = spawnSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PATH: hostPath() },
    shell: process.platform === 'win32',
  })
  if (result.error)
    throw new Error('npm was not found: install it (it comes with Node), then try again', { cause: result.error })
  if (result.status !== 0) throw new Error(`npm ended with ${result.status ?? result.signal}: see its message above`)
}
