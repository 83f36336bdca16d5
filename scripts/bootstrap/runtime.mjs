// @ts-check
// Which Node runs the clone: the one that package.json pins, never silently another.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const leastMajor = 24

/** @param {string} version like `v24.21.0` */
function majorOf(version) {
  return Number(/^v(\d+)\./.exec(version)?.[1] ?? 0)
}

/** @param {string} root @returns {{ file: string, version: string } | null} null where no pinned build exists for this platform */
export function pinnedNode(root) {
  const name = `node-${process.platform}-${process.arch}`
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const version = optionalDependencies?.[name]
  return version === undefined
    ? null
    : { file: join(root, 'node_modules', name, 'bin', 'node'), version: `v${version}` }
}

/** @param {string} root */
export function pinnedNodeReady(root) {
  const pinned = pinnedNode(root)
  return pinned === null || existsSync(pinned.file)
}

/** @param {string} file */
function versionOf(file) {
  const result = spawnSync(file, ['--version'], { encoding: 'utf8' })
  return result.status === 0 ? result.stdout.trim() : null
}

/**
 * Chooses the Node for a task and tells it to the task in `BELAY_RUNTIME`, which {@link guardRuntime} checks.
 * `BELAY_NODE` names another one, to try the suite on a later version.
 * @param {string} root
 * @returns {{ file: string, version: string }}
 */
export function chooseRuntime(root) {
  const chosen = process.env['BELAY_NODE']
  if (chosen) return accept(chosen, versionOf(chosen), 'BELAY_NODE')
  const pinned = pinnedNode(root)
  if (pinned === null) {
    console.error(
      `belay: no Node is pinned for ${process.platform} ${process.arch}; using the one that runs this, ${process.version}`,
    )
    return accept(process.execPath, process.version, 'this Node')
  }
  const version = versionOf(pinned.file)
  if (version === pinned.version) return { file: pinned.file, version }
  if (version !== null)
    throw new Error(`the pinned Node is ${version}, not ${pinned.version}: remove node_modules and try again`)
  // A musl system, for one, cannot start the build.
  console.error(
    `belay: the pinned Node ${pinned.version} does not start here; using the one that runs this, ${process.version}`,
  )
  return accept(process.execPath, process.version, 'this Node')
}

/** @param {string} file @param {string | null} version @param {string} name */
function accept(file, version, name) {
  if (version === null) throw new Error(`${name} (${file}) does not start`)
  if (majorOf(version) < leastMajor) {
    throw new Error(
      `${name} is ${version}; Belay needs Node ${leastMajor} or later: install it from your package manager or nodejs.org`,
    )
  }
  return { file, version }
}

/** First line of every task: it goes on under the Node that was chosen for it, or not at all. */
export function guardRuntime() {
  const chosen = process.env['BELAY_RUNTIME']
  if (chosen === process.version) return
  throw new Error(
    `started under Node ${process.version}${chosen ? ` instead of ${chosen}` : ''}: start it with npm run`,
  )
}
