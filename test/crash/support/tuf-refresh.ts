import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { problemOf } from '../../../src/core/model/problem.ts'
import { refresh } from '../../../src/core/trust/tuf/search.ts'
import { testClient, untouched } from '../../../src/host/http/testing.ts'
import { drive } from '../../../src/host/trust/drive.ts'
import { openTrustStore } from '../../../src/host/trust/store.ts'
import { arm, type Fault } from './fs-faults.ts'

/** tuf-refresh.ts DIR URL NOW_MS FAULT — one check of a signed repository in a process that may be killed at any call. */
const [dir = '', url = '', nowMs = '', fault = ''] = process.argv.slice(2)
await using http = testClient()
const pinned = await readFile(join(dir, 'pinned.root'))
const armed = await arm(JSON.parse(fault) as Fault)
try {
  const store = await openTrustStore(join(dir, 'trust'))
  const start = { pinned, memory: await store.memory(), systemMs: Number(nowMs), builtMs: 0 }
  await drive(refresh(start), { http, store, metadataUrl: `${url}/metadata/`, signal: untouched() })
  process.stdout.write('DONE\n')
} catch (error) {
  process.stdout.write(`PROBLEM ${JSON.stringify(problemOf(error))}\n`)
}
process.stdout.write(`CALLS ${armed.calls()}\n`)
