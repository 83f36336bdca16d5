/**
 * The TUF client alone, as the public tuf-conformance suite calls it:
 *   --metadata-dir DIR init ROOT
 *   --metadata-dir DIR --metadata-url URL refresh
 *   --metadata-dir DIR --metadata-url URL --target-name NAME… --target-base-url URL --target-dir DIR download
 * It is the code of the source `belay`: the same cycle, store and HTTP client. Exit code 0 or 1.
 */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fail, problemOf } from '../core/model/problem.ts'
import { noMemory } from '../core/trust/tuf/memory.ts'
import { parseRoot } from '../core/trust/tuf/metadata.ts'
import { findTarget, refresh } from '../core/trust/tuf/search.ts'
import { atomicWrite } from '../host/tree/durable.ts'
import { systemClock } from '../host/clock.ts'
import { httpClient } from '../host/http/client.ts'
import { downloadTarget } from '../host/trust/download-target.ts'
import { drive } from '../host/trust/drive.ts'
import { openTrustStore } from '../host/trust/store.ts'
import { version } from './version.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'metadata-dir': { type: 'string' },
    'metadata-url': { type: 'string' },
    'target-name': { type: 'string', multiple: true },
    'target-base-url': { type: 'string' },
    'target-dir': { type: 'string' },
  },
})

type Option = Exclude<keyof typeof values, 'target-name'>

function option(name: Option): string {
  const value = values[name]
  if (value === undefined) throw fail('E_USAGE', `--${name} is missing`)
  return value
}

const base = (name: Option): string => option(name).replace(/\/*$/, '/')
/** Of the metadata's folder the suite reads what ends in `.json`. */
const pinnedFile = (dir: string): string => join(dir, 'root.pinned')

async function init(dir: string, rootPath: string): Promise<void> {
  const root = await readFile(rootPath)
  const store = await openTrustStore(dir)
  await atomicWrite(pinnedFile(dir), root, { mode: 0o600 })
  if ((await store.memory()) === null) {
    await store.keep('root', root, { ...noMemory, root: parseRoot(root, rootPath).signed.version })
  }
}

async function update(dir: string, targetNames: readonly string[]): Promise<void> {
  const clock = systemClock()
  const http = httpClient({ allowHttp: ['127.0.0.1', 'localhost', '::1'], version, clock, environment: {} })
  const store = await openTrustStore(dir)
  const { signal } = new AbortController()
  const driven = { http, store, metadataUrl: base('metadata-url'), signal }
  try {
    const pinned = await readFile(pinnedFile(dir))
    const start = { pinned, memory: await store.memory(), systemMs: clock.now(), builtMs: 0 }
    const trusted = await drive(refresh(start), driven)
    for (const name of targetNames) {
      const target = await drive(findTarget(trusted, name), driven)
      if (target === null)
        throw fail('E_TARGET_UNKNOWN', `nobody whom the repository trusts with it vouches for ${name}`)
      await mkdir(option('target-dir'), { recursive: true })
      const path = join(option('target-dir'), encodeURIComponent(name))
      const hashed = trusted.root.signed.consistentSnapshot
      await downloadTarget({ http, targetsUrl: base('target-base-url'), hashed, target, path, signal })
    }
  } finally {
    await http.close()
  }
}

async function main([verb, rootPath]: readonly string[]): Promise<void> {
  const dir = option('metadata-dir')
  if (verb === 'init' && rootPath !== undefined) return init(dir, rootPath)
  if (verb === 'refresh') return update(dir, [])
  if (verb === 'download') return update(dir, values['target-name'] ?? [])
  throw fail('E_USAGE', 'the verbs are init ROOT, refresh and download')
}

try {
  await main(positionals)
} catch (error) {
  const { code, message, hint } = problemOf(error)
  process.stderr.write(`${code}: ${message}\n${hint ?? ''}\n`)
  process.exitCode = 1
}
