import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Artifact, Release } from '../../src/core/model/release.ts'
import { collectText } from '../../src/core/release/collect.ts'
import { fileCache } from '../../src/host/http/cache.ts'
import type { SourceDeps } from '../../src/host/http/source-deps.ts'
import { sendJson, testClient, testServer, untouched } from '../../src/host/http/testing.ts'
import { openSecrets } from '../../src/host/secrets.ts'
import { openOci } from '../../src/main/oci.ts'
import type { Source } from '../../src/ports/source.ts'
import { giteaSource } from '../../src/sources/gitea/index.ts'
import { githubSource } from '../../src/sources/github/index.ts'
import { gitlabSource } from '../../src/sources/gitlab/index.ts'
import { manifestScene } from './manifest.scene.ts'

const name = 'update-manifest.yaml'
const text = 'version: "1.1.0"\ncomponent_type: application\n'
const release: Release = {
  version: '1.1.0',
  tag: 'release/v1.1.0',
  title: null,
  notes: null,
  url: null,
  publishedAt: null,
  prerelease: false,
  artifact: null,
  checksums: [],
  assets: [],
}

/** A server that has that file at one address, and says what it was asked with. */
async function place(at: string, answer: (url: URL) => unknown = () => null) {
  const seen: { url: string; accept: string | undefined; token: string }[] = []
  const server = await testServer((request, response) => {
    const { accept, authorization, 'private-token': gitlab } = request.headers
    seen.push({ url: request.url ?? '', accept, token: String(authorization ?? gitlab) })
    const json = answer(new URL(request.url ?? '/', server.url))
    if (json !== null) sendJson(response, json)
    else if (request.url === at) response.end(text)
    else response.writeHead(404).end('{}')
  })
  const dir = await mkdtemp(join(tmpdir(), 'belay-places-'))
  const http = testClient()
  onTestFinished(async () => {
    await http[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
    await rm(dir, { recursive: true, force: true })
  })
  const platform = { os: 'linux', arch: 'x64' } as const
  const secrets = openSecrets({ TOKEN: 's3cret' })
  const deps: SourceDeps = { http, cache: fileCache(join(dir, 'cache')), secrets, clock: http.clock, platform }
  return { server, seen, deps, dir }
}

const kinds: readonly (readonly [
  string,
  string,
  string,
  (deps: SourceDeps) => Source<unknown>,
  (url: string) => object,
])[] = [
  [
    'github',
    `/repos/o/app/contents/${name}?ref=release%2Fv1.1.0`,
    'Bearer s3cret',
    (deps) => githubSource(deps),
    (api) => ({ repo: 'o/app', api }),
  ],
  [
    'gitlab',
    `/api/v4/projects/o%2Fapp/repository/files/${name}/raw?ref=release%2Fv1.1.0`,
    's3cret',
    (deps) => gitlabSource(deps),
    (url) => ({ repo: 'o/app', url }),
  ],
  [
    'gitea',
    `/api/v1/repos/o/app/raw/${name}?ref=release%2Fv1.1.0`,
    'token s3cret',
    (deps) => giteaSource(deps),
    (url) => ({ repo: 'o/app', url }),
  ],
]

test.each(kinds)(
  'when a release of %s has a file at the root of its repository, then it is read there, as the one who may',
  async (type, at, token, make, about) => {
    const { server, seen, deps } = await place(at)
    const source = make(deps)
    const config = source.config.parse({ type, token: { env: 'TOKEN' }, ...about(server.url) })
    const file = await source.atRoot?.(config, release, name, untouched())
    expect(file).toMatchObject({ name, bytes: null, digest: null })
    const stream = await source.open(config, file as Artifact, 0, untouched())
    expect(await collectText(stream.chunks, 1000, name)).toBe(text)
    expect(seen).toMatchObject([{ url: at, token }])
    // As JSON it would come in Base64.
    if (type === 'github') expect(seen[0]?.accept).toBe('application/vnd.github.raw+json')
  },
)

test('when an image has releases elsewhere, then its manifest is read there: beside them, and at the root of that repository', async () => {
  const listed = [
    {
      tag_name: 'v1.1.0',
      assets: [{ name, state: 'uploaded', size: text.length, url: 'https://x/a', browser_download_url: 'https://x/a' }],
    },
  ]
  const { server, deps, dir } = await place(`/repos/o/app/contents/${name}?ref=v1.1.0`, ({ pathname }) =>
    pathname === '/repos/o/app/releases'
      ? listed
      : pathname.endsWith('/tags/list')
        ? { name: 'o/app', tags: ['1.1.0'] }
        : null,
  )
  const { host } = new URL(server.url)
  const source = await openOci(
    {
      ...deps,
      stateDir: dir,
      http: async () => deps.http,
      cache: async () => deps.cache,
      allowHttp: ['127.0.0.1'],
      environment: {},
    },
    { github: async () => githubSource(deps) },
  )
  const config = source.config.parse({
    type: 'oci',
    image: `${host}/o/app`,
    releases: { type: 'github', repo: 'o/app', api: server.url },
  })
  const { releases } = await source.list(config, { force: true, cacheMs: 0, signal: untouched() })
  expect(releases).toMatchObject([{ version: '1.1.0', tag: '1.1.0', files: [{ name }] }])
  const file = await source.atRoot?.(config, { ...release, tag: '1.1.0' }, name, untouched())
  const stream = await source.open(config, file as Artifact, 0, untouched())
  expect(await collectText(stream.chunks, 1000, name)).toBe(text)
  const image = source.open(
    config,
    { name: 'x', url: `${server.url}/v2/o/app/manifests/1.1.0`, bytes: null, digest: null },
    0,
    untouched(),
  )
  await expect(image).rejects.toMatchObject({ problem: { code: 'E_USAGE' } })
})

describe('when its place does not answer as it should', () => {
  test('and it is optional, then that is told, and the update goes on', async () => {
    const { belay, release, start, running, fault } = await manifestScene()
    await start()
    await release('1.1.0')
    fault.at = (path) => path.includes('contents')
    const run = await belay.update('app')
    expect(run).toMatchObject({ outcome: 'committed' })
    expect(run.warnings.join('\n')).toMatch(/could not be asked, and the built-in procedure runs without: .*500/)
    expect(await running()).toBe('1.1.0')
  })

  test('and it is required, then nothing begins', async () => {
    const { belay, release, start, running, fault } = await manifestScene({ manifest: 'required' })
    await start({ assets: { [name]: text.replace('1.1.0', '1.0.0') } })
    await release('1.1.0')
    fault.at = (path) => path.includes('contents')
    await expect(belay.update('app')).rejects.toMatchObject({ problem: { code: 'E_HTTP_STATUS' } })
    expect(await running()).toBe('1.0.0')
  })

  test('and what it gives has no end, then no more is read than a manifest may have', async () => {
    const { belay, release, start, running, endless } = await manifestScene()
    await start()
    await release('1.1.0', { assets: { [name]: 'x' } })
    endless.at = (path) => path.endsWith(name)
    const run = await belay.update('app')
    expect(run.warnings.join('\n')).toContain(`${name}:1:1: this is larger than 65536 bytes`)
    // What the kernel holds for both ends counts as sent, and that may be many megabytes.
    expect(endless.bytes).toBeLessThan(100_000_000)
    expect(await running()).toBe('1.1.0')
  })
})
