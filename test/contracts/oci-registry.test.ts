// needs: registry
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ProblemCode } from '../../src/core/model/codes.ts'
import type { Release } from '../../src/core/model/release.ts'
import { fileCache } from '../../src/host/http/cache.ts'
import { testClient, testServer, untouched } from '../../src/host/http/testing.ts'
import { registryAuth } from '../../src/host/registry/credentials.ts'
import { openSecrets } from '../../src/host/secrets.ts'
import { ociSource } from '../../src/sources/oci/index.ts'
import { anySpec } from '../../src/main/specs.ts'
import { registryUser, startRegistry } from './oci-registry.servers.ts'
import { faults } from './source.contract.ts'

/** The source in front of a real registry, as main puts it together, with a door where a fault can stand in the way. */
async function stage({ auth = false } = {}) {
  const registry = await startRegistry({ auth })
  const door: { fault: ((request: IncomingMessage, response: ServerResponse) => void) | null } = { fault: null }
  const server = await testServer((request, response) => {
    if (door.fault !== null) return door.fault(request, response)
    forward(registry.url, request, response)
  })
  const home = await mkdtemp(join(tmpdir(), 'belay-oci-'))
  const client = testClient({ answerBytesMax: 1024 * 1024 })
  onTestFinished(async () => {
    await client[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
    await registry[Symbol.asyncDispose]()
    await rm(home, { recursive: true, force: true })
  })
  const environment = { HOME: home, XDG_RUNTIME_DIR: join(home, 'run'), PATH: join(home, 'bin') }
  const secrets = openSecrets({ PASSWORD: registryUser.password })
  const source = ociSource({
    http: client,
    cache: fileCache(join(home, 'cache')),
    clock: client.clock,
    allowHttp: ['127.0.0.1'],
    platform: { os: 'linux', arch: 'x64' },
    login: (image, login, signal) => registryAuth(image, login, { secrets, environment }, signal),
    releases: { config: anySpec, list: notAsked, atRoot: notAsked, open: notAsked },
  })
  const host = new URL(server.url).host
  const config = (more: object) => source.config.parse({ type: 'oci', image: `${host}/team/app`, ...more })
  return {
    registry,
    door,
    client,
    host,
    home,
    /** In the order of their tags: each registry has one of its own. */
    list: async (more: object = {}, force = true) => {
      const listed = await source.list(config(more), { force, cacheMs: 3_600_000, signal: untouched() })
      return { ...listed, releases: listed.releases.toSorted((a, b) => (a.tag < b.tag ? -1 : 1)) }
    },
    pin: async (release: Release | undefined, more: object = {}) => {
      if (release === undefined) throw new Error('nothing to pin')
      return (await source.pin?.(config(more), release, untouched()))?.artifact
    },
  }
}

function forward(to: string, request: IncomingMessage, response: ServerResponse): void {
  const { method, headers, url } = request
  const onward = httpRequest(`${to}${url}`, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  request.pipe(onward)
}

const failing = (code: ProblemCode, facts: object = {}) =>
  expect.objectContaining({
    problem: expect.objectContaining({ code, hint: expect.any(String), facts: expect.objectContaining(facts) }),
  })

test('when images are pushed, then their versions are listed, and one is pinned with digest and bytes', async () => {
  const { registry, list, pin, host } = await stage()
  const first = await registry.push('team/app', '1.0.0', 'one')
  const second = await registry.push('team/app', '1.1.0', 'two')
  await registry.tag('team/app', second.digest, ['1.1.0-alpine', 'latest'])
  const { releases } = await list()
  expect(releases.map(({ tag }) => tag)).toStrictEqual(['1.0.0', '1.1.0', '1.1.0-alpine'])
  expect(await pin(releases[0])).toStrictEqual({
    name: `${host}/team/app:1.0.0`,
    url: `http://${host}/v2/team/app/manifests/${first.digest}`,
    ...first,
  })
  expect(await pin(releases[1])).toMatchObject(second)
})

test('D11: when there are very many tags, then all are listed', async () => {
  const { registry, list } = await stage()
  const { digest } = await registry.push('team/app', '0.0.1', 'one')
  const tags = Array.from({ length: 130 }, (_, index) => `1.${index}.0`)
  await registry.tag('team/app', digest, tags)
  const { releases } = await list()
  expect(new Set(releases.map(({ tag }) => tag))).toStrictEqual(new Set(['0.0.1', ...tags]))
})

test('when latest is pushed again, then it is another version', async () => {
  const { registry, list, pin } = await stage()
  const first = await registry.push('team/app', 'latest', 'one')
  const before = (await list({ tag: 'latest' })).releases
  expect(before).toMatchObject([{ version: `latest@${first.digest.slice(0, 19)}`, artifact: { digest: first.digest } }])
  const second = await registry.push('team/app', 'latest', 'two')
  const after = (await list({ tag: 'latest' })).releases
  expect(after).toMatchObject([{ version: `latest@${second.digest.slice(0, 19)}` }])
  // What was decided for is what is pulled, although the tag has moved on.
  expect(await pin(before[0], { tag: 'latest' })).toMatchObject(first)
})

test('when an image is made for several platforms, then the digest is that of the index, the bytes are those of ours', async () => {
  const { registry, list, pin } = await stage()
  const [ours, other] = [
    await registry.push('team/app', null, 'ours'),
    await registry.push('team/app', null, 'other one'),
  ]
  const digest = await registry.pushIndex('team/app', '1.0.0', { 'linux/arm64/v8': other, 'linux/amd64': ours })
  await registry.pushIndex('team/app', '2.0.0', { 'linux/arm64/v8': other })
  const { releases } = await list()
  expect(await pin(releases[0])).toMatchObject({ digest, bytes: ours.bytes })
  await expect(pin(releases[1])).rejects.toThrow(failing('E_PLATFORM', { offered: ['linux/arm64/v8'] }))
})

test('when there is no such image or tag, then that is an error, never an empty list', async () => {
  const { registry, list } = await stage()
  await expect(list()).rejects.toThrow(failing('E_NOT_FOUND'))
  await registry.push('team/app', '1.0.0', 'one')
  await expect(list({ tag: 'nightly' })).rejects.toThrow(failing('E_NOT_FOUND'))
})

test('when the registry wants a login, then it is refused without one and with a wrong one', async () => {
  const { registry, list } = await stage({ auth: true })
  await registry.push('team/app', '1.0.0', 'one')
  await expect(list()).rejects.toThrow(failing('E_UNAUTHORIZED'))
  const wrong = list({ username: 'somebody', password: { env: 'PASSWORD' } })
  await expect(wrong).rejects.toThrow(failing('E_UNAUTHORIZED'))
  await expect(wrong).rejects.not.toThrow(registryUser.password)
})

test('when the config has the login, then it is let in', async () => {
  const { registry, list, pin } = await stage({ auth: true })
  const pushed = await registry.push('team/app', '1.0.0', 'one')
  const more = { username: registryUser.username, password: { env: 'PASSWORD' } }
  expect(await pin((await list(more)).releases[0], more)).toMatchObject(pushed)
})

test('when docker login left it, then it is let in', async () => {
  const { registry, list, host, home } = await stage({ auth: true })
  await registry.push('team/app', '1.0.0', 'one')
  const auth = Buffer.from(`${registryUser.username}:${registryUser.password}`).toString('base64')
  await mkdir(join(home, '.docker'))
  await writeFile(join(home, '.docker/config.json'), JSON.stringify({ auths: { [host]: { auth } } }))
  expect((await list()).releases).toHaveLength(1)
})

test('when a credential helper keeps it, then it is let in', async () => {
  const { registry, list, host, home } = await stage({ auth: true })
  await registry.push('team/app', '1.0.0', 'one')
  await mkdir(join(home, 'bin'))
  await mkdir(join(home, '.docker'))
  const answer = JSON.stringify({ Username: registryUser.username, Secret: registryUser.password })
  const script = join(home, 'bin/docker-credential-test')
  await writeFile(script, `#!/bin/sh\nread -r host\n[ "$host" = "${host}" ] && printf '%s' '${answer}'\n`)
  await chmod(script, 0o755)
  await writeFile(join(home, '.docker/config.json'), JSON.stringify({ credsStore: 'test' }))
  expect((await list()).releases).toHaveLength(1)
})

test.each(faults.map((fault) => [fault.what, fault] as const))(
  'when the registry %s, then that is a named error with a hint, and the last good answer stays',
  async (_, { fault, code, facts, limits }) => {
    const { registry, list, door, client } = await stage()
    await registry.push('team/app', '1.0.0', 'one')
    const good = await list()
    await client.limit(limits)
    door.fault = fault
    await expect(list()).rejects.toThrow(failing(code, facts))
    expect(await list({}, false)).toStrictEqual({ ...good, fromCache: true })
  },
)

function notAsked(): Promise<never> {
  return Promise.reject(new Error('not asked for'))
}
