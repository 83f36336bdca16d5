import { afterAll, beforeAll, describe, test } from 'vitest'
import type { ProblemCode } from '../../../src/core/model/codes.ts'
import { publishReleases, type Releases } from '../../crash/support/world.ts'
import { belay, cli, installed, standing } from './support/installed.ts'
import {
  bitFlipped,
  endless,
  type Fault,
  type FaultyReleases,
  faultyReleases,
  otherChecksums,
  redirectToHttp,
  reset,
  status,
  truncated,
  type Where,
} from './support/faulty.ts'

/** Whatever the network does, an update that it spoils ends with a name, a hint and nothing changed. */
let releases: Releases
beforeAll(async () => {
  releases = await publishReleases()
})
afterAll(() => releases.close())

interface Case {
  readonly name: string
  readonly where: Where
  readonly fault: Fault
  readonly code: ProblemCode
}

const quota = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 3600) }

const cases: readonly Case[] = [
  { name: 'the list is refused for its rate limit', where: 'list', fault: status(403, quota), code: 'E_RATE_LIMITED' },
  { name: 'the list is not there', where: 'list', fault: status(404), code: 'E_NOT_FOUND' },
  { name: 'the list is a fault of the server', where: 'list', fault: status(500), code: 'E_HTTP_STATUS' },
  { name: 'the list never ends', where: 'list', fault: endless, code: 'E_RESPONSE_TOO_LARGE' },
  { name: 'the list leads to plain http', where: 'list', fault: redirectToHttp, code: 'E_HTTP_INSECURE' },
  { name: 'the list breaks off', where: 'list', fault: reset, code: 'E_NETWORK' },
  { name: 'a rate limit', where: 'archive', fault: status(403, quota), code: 'E_RATE_LIMITED' },
  { name: 'a file that is gone', where: 'archive', fault: status(404), code: 'E_NOT_FOUND' },
  { name: 'a fault of the server', where: 'archive', fault: status(500), code: 'E_HTTP_STATUS' },
  { name: 'a redirect to plain http', where: 'archive', fault: redirectToHttp, code: 'E_HTTP_INSECURE' },
  { name: 'a checksum of something else', where: 'list', fault: otherChecksums, code: 'E_CHECKSUM_MISMATCH' },
  { name: 'a truncated file', where: 'archive', fault: truncated, code: 'E_CHECKSUM_MISMATCH' },
  { name: 'one flipped bit', where: 'archive', fault: bitFlipped, code: 'E_CHECKSUM_MISMATCH' },
  { name: 'an endless body', where: 'archive', fault: endless, code: 'E_RESPONSE_TOO_LARGE' },
  { name: 'a connection that always breaks', where: 'archive', fault: reset, code: 'E_NETWORK' },
]

// Side by side: some of them wait for seconds between one try and the next.
describe.concurrent('when an update meets', () => {
  for (const { name, where, fault, code } of cases) {
    test(`${name}, then it says so, changes nothing, and succeeds once that is over`, async ({ expect }) => {
      await using server = await disposable(releases.url)
      const world = await installed({ releases: server.url })
      try {
        const before = await standing(world)
        server.set(where, fault)
        const said = await cli(world, ['update', 'app', '--to', '1.0.1', '--yes'])
        const problem = said.json.error ?? said.json.problem
        expect(problem?.code, said.stdout + said.stderr).toBe(code)
        expect(problem?.hint).toMatch(/\w/)
        expect(said.code).toBe(1)
        expect(await standing(world)).toEqual(before)

        server.set(where, null)
        const updated = await belay(world, (open) => open.update('app', { to: '1.0.1' }))
        expect(updated.outcome, JSON.stringify(updated.problem)).toBe('committed')
      } finally {
        await world.remove()
      }
    })
  }
})

async function disposable(real: string): Promise<FaultyReleases & AsyncDisposable> {
  const server = await faultyReleases(real)
  return { ...server, [Symbol.asyncDispose]: () => server.close() }
}
