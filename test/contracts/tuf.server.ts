import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { refresh } from '../../src/core/trust/tuf/search.ts'
import { testClient, testServer, untouched } from '../../src/host/http/testing.ts'
import { drive } from '../../src/host/trust/drive.ts'
import { openTrustStore } from '../../src/host/trust/store.ts'
import type { TestRepository } from './tuf.repository.ts'

export type Fault = (request: IncomingMessage, response: ServerResponse, file: string) => boolean

/** A repository behind a real server, as any static host would serve it. `fault` may answer in its place (true). */
export async function served(repository: TestRepository) {
  const door: { fault: Fault } = { fault: () => false }
  const server = await testServer((request, response) => {
    const at = decodeURIComponent((request.url ?? '').split('?')[0] ?? '')
    if (door.fault(request, response, at.replace(/^\/[^/]+\//, ''))) return
    const name = (request.url ?? '').replace(/^\/metadata\//, '')
    const bytes = repository.files.get(name) ?? repository.artifacts.get(at.replace(/^\/targets\//, ''))
    if (bytes === undefined) response.writeHead(404).end('not found')
    else response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
  })
  onTestFinished(() => server[Symbol.asyncDispose]())
  return { server, door }
}

export async function temporaryFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-tuf-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

/** The real client on the real disk. */
export async function diskClient(repository: TestRepository, nowMs: number) {
  const { server, door } = await served(repository)
  const dir = await temporaryFolder()
  const http = testClient()
  onTestFinished(() => http[Symbol.asyncDispose]())
  const pinned = repository.files.get('1.root.json')
  if (pinned === undefined) throw new Error('the repository has no root')
  await writeFile(join(dir, 'pinned.root'), pinned)
  return {
    server,
    door,
    dir,
    http,
    refresh: async (systemMs = nowMs) => {
      const store = await openTrustStore(join(dir, 'trust'))
      const start = { pinned, memory: await store.memory(), systemMs, builtMs: 0 }
      return drive(refresh(start), { http, store, metadataUrl: `${server.url}/metadata/`, signal: untouched() })
    },
  }
}
