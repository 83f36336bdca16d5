import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { problemOf } from '../../core/model/problem.ts'
import { endpointOf } from './endpoint.ts'
import { noEngine, unreachable } from './failures.ts'
import { agreedApi, openEngine, usualPlaces } from './open.ts'
import { hello, oddEngine, sends } from './testing.ts'

const failureOf = async (promise: Promise<unknown>) => problemOf(await promise.catch((error: unknown) => error))

async function temp(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'belay-open-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('when DOCKER_HOST names an engine then it is that one, and opening its address again finds it', async () => {
  await using engine = await oddEngine({})
  const found = await openEngine({ environment: { DOCKER_HOST: engine.host } })
  expect(found).toMatchObject({ host: engine.host, name: 'docker', describe: `Docker 28.2.2 at ${engine.host}` })
  expect((await openEngine({ host: found.host, environment: {} })).describe).toBe(found.describe)
})

test('when the docker client uses a context then its engine is asked', async () => {
  await using engine = await oddEngine({})
  const folder = await temp()
  const meta = join(folder, 'contexts/meta', createHash('sha256').update('rootless').digest('hex'))
  await mkdir(meta, { recursive: true })
  await writeFile(join(meta, 'meta.json'), JSON.stringify({ Endpoints: { docker: { Host: engine.host } } }))
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: {}, currentContext: 'rootless' }))
  expect(await openEngine({ environment: { DOCKER_CONFIG: folder } })).toMatchObject({ host: engine.host })
  const environment = { DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'nowhere' }
  expect(await failureOf(openEngine({ environment }))).toMatchObject({
    code: 'E_ENGINE_UNREACHABLE',
    message: 'the docker context "nowhere" cannot be used: it has no endpoint for docker',
  })
})

test('when Podman is wanted then Docker is passed over, whatever its place', async () => {
  await using docker = await oddEngine({})
  await using podman = await oddEngine(
    {},
    sends(200, { ...hello, Version: '4.3.1', Components: [{ Name: 'Podman Engine' }] }),
  )
  const runtime = await temp()
  const environment = { XDG_RUNTIME_DIR: runtime, DOCKER_HOST: docker.host, CONTAINER_HOST: podman.host }
  expect(await openEngine({ engine: 'podman', environment })).toMatchObject({ name: 'podman', host: podman.host })
})

test('when Docker is wanted and Podman listens at its place then that is said', async () => {
  await using podman = await oddEngine({}, sends(200, { ...hello, Components: [{ Name: 'Podman Engine' }] }))
  const runtime = await temp()
  await symlink(podman.host.slice('unix://'.length), join(runtime, 'docker.sock'))
  const environment = { XDG_RUNTIME_DIR: runtime, CONTAINER_HOST: podman.host, HOME: runtime }
  const { message } = await failureOf(openEngine({ engine: 'docker', environment }))
  expect(message).toContain(`unix://${runtime}/docker.sock (podman)`)
  expect(await openEngine({ engine: 'podman', environment })).toMatchObject({ host: podman.host })
})

test('when nothing names an engine then the places of Docker come first, the rootless ones included', () => {
  const environment = { XDG_RUNTIME_DIR: '/run/user/1000', CONTAINER_HOST: 'unix:///p.sock' }
  const docker = ['unix:///var/run/docker.sock', 'unix:///run/user/1000/docker.sock']
  const podman = ['unix:///p.sock', 'unix:///run/user/1000/podman/podman.sock', 'unix:///run/podman/podman.sock']
  expect(usualPlaces('auto', environment)).toEqual([...docker, ...podman])
  expect(usualPlaces('docker', environment)).toEqual(docker)
  expect(usualPlaces('podman', environment)).toEqual([...podman, ...docker])
  expect(usualPlaces('docker', { XDG_RUNTIME_DIR: 'relative' })).toEqual(docker.slice(0, 1))
})

test('when the context lies in HOME then it is found, and an empty DOCKER_CONTEXT means the one chosen', async () => {
  await using engine = await oddEngine({})
  const home = await temp()
  const meta = join(home, '.docker/contexts/meta', createHash('sha256').update('other').digest('hex'))
  await mkdir(meta, { recursive: true })
  await writeFile(join(meta, 'meta.json'), JSON.stringify({ Endpoints: { docker: { Host: engine.host } } }))
  await writeFile(join(home, '.docker/config.json'), JSON.stringify({ currentContext: 'other' }))
  expect(await openEngine({ environment: { HOME: home, DOCKER_CONTEXT: '' } })).toMatchObject({ host: engine.host })
  // What was set by hand goes before what was chosen once.
  await using asked = await oddEngine({})
  const environment = { HOME: home, DOCKER_HOST: asked.host }
  expect(await openEngine({ environment })).toMatchObject({ host: asked.host })
})

test('when the address is that of a context then opening it again takes the certificates of the context', async () => {
  const server = createServer(sends(200, hello)).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const host = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`
  const folder = await temp()
  const hash = createHash('sha256').update('far').digest('hex')
  await mkdir(join(folder, 'contexts/meta', hash), { recursive: true })
  await writeFile(
    join(folder, 'contexts/meta', hash, 'meta.json'),
    JSON.stringify({ Endpoints: { docker: { Host: host } } }),
  )
  const environment = { DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'far' }
  expect(await openEngine({ host, environment })).toMatchObject({ host })
  // With certificates it speaks TLS, which this server does not.
  await mkdir(join(folder, 'contexts/tls', hash, 'docker'), { recursive: true })
  for (const asked of [{ environment }, { host, environment }])
    expect(await failureOf(openEngine(asked))).toMatchObject({ code: 'E_ENGINE_UNREACHABLE' })
})

/** Root may connect to everything: the rights of another user are taken for the time of the call. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work()
  process.seteuid?.(65534)
  try {
    return await work()
  } finally {
    process.seteuid?.(0)
  }
}

test('when this user may not connect then waiting does not help, and the hint says how to let it in', async () => {
  await using engine = await oddEngine({})
  await chmod(engine.folder, 0o755)
  await chmod(engine.host.slice('unix://'.length), 0o600)
  if (process.getuid?.() !== 0) await chmod(engine.host.slice('unix://'.length), 0)
  const problem = await asNobody(() => failureOf(openEngine({ host: engine.host, environment: {} })))
  expect(problem).toMatchObject({ code: 'E_ENGINE_UNREACHABLE', retryable: false, facts: { reason: 'permission' } })
  expect(problem.hint).toContain('usermod')
})

test.each([
  ['there is no socket', 'absent.sock', 'absent', 'DOCKER_HOST'],
  ['nothing listens', 'dead.sock', 'refused', 'systemctl start docker'],
])('when %s then the hint says what to do', async (_, name, reason, hint) => {
  const folder = await temp()
  const path = join(folder, 'dead.sock')
  const server = createServer().listen(path)
  await once(server, 'listening')
  // A socket without its server stays behind when that is killed; here, by moving it out of the way of its removal.
  await rename(path, join(folder, 'kept'))
  server.close()
  await rename(join(folder, 'kept'), path)
  const problem = await failureOf(openEngine({ host: `unix://${join(folder, name)}` }))
  expect(problem).toMatchObject({ code: 'E_ENGINE_UNREACHABLE', retryable: true, facts: { reason } })
  expect(problem.hint).toContain(hint)
})

test('when the socket is closed to this user then the hint says how to let it in, and waiting does not help', () => {
  const { problem } = unreachable('unix:///x.sock', Object.assign(new Error('connect EACCES'), { code: 'EACCES' }))
  expect(problem).toMatchObject({ retryable: false, facts: { reason: 'permission' } })
  expect(problem.hint).toContain('usermod -aG docker')
  // It stays the reason when other places were looked at, too.
  expect(noEngine('auto', [problem]).problem).toMatchObject({
    retryable: false,
    message: 'no container engine was found; looked at unix:///x.sock (permission)',
    hint: problem.hint,
  })
})

test('when something else answers there then it is not taken for an engine', async () => {
  const server = createServer(sends(200, '<html>')).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const problem = await failureOf(openEngine({ host: `tcp://127.0.0.1:${port}` }))
  expect(problem).toMatchObject({ code: 'E_ENGINE_ANSWER' })
})

test.each([
  ['unix:///run/docker.sock', { kind: 'unix', path: '/run/docker.sock' }],
  ['/run/docker.sock', { kind: 'unix', address: 'unix:///run/docker.sock' }],
  ['tcp://10.0.0.2', { kind: 'tcp', host: '10.0.0.2', port: 2375 }],
  ['tcp://[::1]:80', { kind: 'tcp', host: '::1', port: 80 }],
])('when the address is %s then it is reached so', (address, endpoint) => {
  expect(endpointOf(address, null)).toMatchObject(endpoint)
})

test.each([
  'ssh://me@host',
  'unix://relative',
  'tcp://',
  'tcp://host:2375/v1',
  'https://host',
  'npipe:////./pipe/docker_engine',
  'tcp://u:p@host',
])('when the address is %s then it is refused with a hint', (address) => {
  expect(() => endpointOf(address, null)).toThrow(/no address of a container engine/)
})

test.each([
  ['1.50', '1.24', '1.41'],
  ['1.41', '1.12', '1.41'],
  ['1.30', '1.12', '1.30'],
  ['1.52', '1.44', '1.44'],
  ['1.23', '1.12', null],
])('when an engine speaks %s down to %s then %s is agreed', (max, min, agreed) => {
  expect(agreedApi({ ApiVersion: max, MinAPIVersion: min })).toBe(agreed)
})
