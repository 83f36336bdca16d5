import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fileCache } from '../../src/host/http/cache.ts'
import { testClient, untouched } from '../../src/host/http/testing.ts'
import { openSecrets } from '../../src/host/secrets.ts'
import type { Release } from '../../src/core/model/release.ts'
import { githubTreeSource } from '../../src/sources/github-tree/index.ts'
import { githubServer, repo } from '../e2e/files/support/github.ts'
import { commitOf } from '../e2e/files/support/site.ts'
import { faults } from './source.contract.ts'

/** What the contract of sources asks, of one whose releases are commits: they have no files of their own. */
async function stage(commits = [commitOf({ a: 'two' }, 'second'), commitOf({ a: 'one' }, 'first')]) {
  const github = await githubServer(commits)
  const dir = await mkdtemp(join(tmpdir(), 'belay-source-'))
  const client = testClient({ answerBytesMax: 1024 * 1024 })
  onTestFinished(async () => {
    await client[Symbol.asyncDispose]()
    await github[Symbol.asyncDispose]()
    await rm(dir, { recursive: true, force: true })
  })
  const deps = {
    http: client,
    cache: fileCache(join(dir, 'cache')),
    secrets: openSecrets({ TOKEN: 's3cret' }),
    clock: client.clock,
    platform: { os: 'linux', arch: 'x64' },
  }
  const source = githubTreeSource(deps)
  const config = (more: object = {}) =>
    source.config.parse({ type: 'github-tree', repo, branch: 'main', api: github.url, ...more })
  const list = ({ force = false, more = {} }: { force?: boolean; more?: object } = {}) =>
    source.list(config(more), { force, cacheMs: 3_600_000, signal: untouched() })
  const tree = (release: Release) =>
    source.tree?.(config(), release, untouched()) ?? Promise.reject(new Error('no tree'))
  return { github, source, config, list, tree, commits, client }
}

const problem = (code: string, message: RegExp | string = '') =>
  expect.objectContaining({
    problem: expect.objectContaining({ code, hint: expect.any(String), message: expect.stringMatching(message) }),
  })

describe('the contract of github-tree', () => {
  test('when nothing has changed, then the server says 304 and the quota is spared', async () => {
    const { list, github } = await stage()
    const statuses: number[] = []
    github.fault = (_, response) => {
      response.on('close', () => statuses.push(response.statusCode))
      return false
    }
    const first = await list()
    expect((await list()).fromCache).toBe(true)
    const forced = await list({ force: true })
    expect(forced).toMatchObject({ releases: first.releases, fromCache: false })
    expect(statuses).toEqual([200, 304])
  })

  test.each(faults)(
    'H4: when the server $what, then that is a named error with a hint, and never "no change"',
    async ({ fault, code, limits }) => {
      const { list, github, client } = await stage()
      const good = await list()
      await client.limit(limits)
      github.fault = (request, response) => {
        fault(request, response)
        return true
      }
      await expect(list({ force: true })).rejects.toThrow(problem(code))
      expect(await list()).toEqual({ ...good, fromCache: true })
    },
  )

  test.each(faults)('H4: when the server $what for a tree, then that is a named error too', async (one) => {
    const { fault, code, limits } = one
    const { list, tree, github, client } = await stage()
    const [newest] = (await list()).releases
    if (newest === undefined) throw new Error('nothing is listed')
    await client.limit(limits)
    github.fault = (request, response) => {
      fault(request, response)
      return true
    }
    await expect(tree(newest)).rejects.toThrow(problem(code))
    github.fault = null
    await client.limit({})
    expect((await tree(newest)).entries).toHaveLength(1)
  })

  test('H4: when the repository or the branch is not there, then it is said which may be wrong', async () => {
    const { list } = await stage()
    await expect(list({ more: { repo: 'aborowczak/HelpDesk' } })).rejects.toThrow(
      problem('E_NOT_FOUND', /no repository aborowczak\/HelpDesk with a branch main/),
    )
    await expect(list({ more: { branch: 'master' } })).rejects.toThrow(problem('E_NOT_FOUND', /has no branch master/))
  })

  test('H4: when nothing was ever pushed, then that is no empty list of news', async () => {
    const { list } = await stage([])
    await expect(list()).rejects.toThrow(problem('E_NO_RELEASE', /empty/))
  })

  test('when a token is configured, then messages do not show it', async () => {
    const { list, github } = await stage()
    github.fault = (_, response) => {
      response.writeHead(401).end('{"message":"no: s3cret"}')
      return true
    }
    await expect(list({ more: { token: { env: 'TOKEN' } } })).rejects.not.toThrow('s3cret')
    await expect(list({ more: { token: { env: 'UNSET' } } })).rejects.toThrow(problem('E_SECRET_MISSING'))
  })
})
