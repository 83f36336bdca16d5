import type { AnswerCache } from './cache.ts'
import type { SourceDeps } from './source-deps.ts'
import { sendJson, testClient, testServer } from './testing.ts'
import type { TestServer } from './testing.ts'
import { openSecrets } from '../secrets.ts'

/** For tests alone: what a source is made from, without a cache, and a server that answers everything with `json`. */
export async function sourceBench(json: (url: string) => unknown) {
  const server: TestServer = await testServer((request, response) =>
    sendJson(response, json(`http://${request.headers.host}`)),
  )
  const client = testClient()
  const cache: AnswerCache = { read: () => Promise.resolve(null), write: () => Promise.resolve() }
  const deps: SourceDeps = {
    http: client,
    cache,
    secrets: openSecrets({ TOKEN: 't0ken' }),
    clock: client.clock,
    platform: { os: 'linux', arch: 'x64' },
  }
  return {
    server,
    deps,
    options: { force: true, cacheMs: 0, signal: new AbortController().signal },
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}
