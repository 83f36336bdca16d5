import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fail } from '../../core/model/problem.ts'
import { prepareLaunch } from '../process/launch.ts'
import { Tail } from '../process/tail.ts'

/** How `belay-put` is called: `[sudo, -n, /usr/local/bin/belay-put]`. */
export type HelperArgv = readonly [string, ...string[]]

const timeoutMs = 60_000
const saidBytesMax = 4096

/**
 * Asks the helper for one change; it is atomic by itself. `content`: an open file, for `put`.
 * E_PERMISSION: it refused, or could not be run.
 */
export async function askHelper(
  helper: HelperArgv,
  root: string,
  verb: 'put' | 'remove' | 'mkdir' | 'chmod',
  path: string,
  more: { readonly mode?: number; readonly content?: number } = {},
): Promise<void> {
  const words = more.mode === undefined ? [] : [(more.mode & 0o777).toString(8).padStart(3, '0')]
  const target = join(root, path)
  const { file, args, options } = await prepareLaunch({ argv: [...helper, verb, target, ...words], cwd: '/' })
  const child = spawn(file, args, {
    ...options,
    stdio: [more.content ?? 'ignore', 'ignore', 'pipe'],
    timeout: timeoutMs,
  })
  const said = new Tail(saidBytesMax)
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code === 0) return
  throw fail('E_PERMISSION', `The helper did not ${verb} ${target}: ${said.text().trim() || `it ended with ${code}`}`, {
    hint: `Run it by hand as belay's user: ${helper.join(' ')} ${verb} …; its file /etc/belay/put-roots must name the tree.`,
    facts: { path: target, verb, code },
  })
}
