// needs: bed, containers, podman
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { belay, detected, type Place, Places } from './detection.places.ts'

const secondMs = 1000

let places: Places
beforeAll(async () => {
  places = await Places.open()
}, 300 * secondMs)
afterAll(() => places?.[Symbol.asyncDispose](), 120 * secondMs)

const files = (host: { readonly evidence: readonly object[] }) =>
  host.evidence.flatMap((each) => ('file' in each ? [each.file] : []))

test.each<[string, readonly string[]]>([
  ['as it comes', []],
  ['with control groups of its own', ['--cgroupns=private']],
  ['with the processes of its host', ['--pid=host']],
])('when a Docker container is started %s, then it is one, on more than its file', async (_, flags) => {
  const host = await detected(await places.docker(flags))
  expect(host).toMatchObject({ kind: 'docker', systemd: false, unprivileged: false, conflicts: [] })
  expect(host.container_id).toMatch(/^[0-9a-f]{64}$/)
  expect(files(host)).toEqual(expect.arrayContaining(['/.dockerenv', '/proc/self/mountinfo']))
  expect(host.strategy).toMatchObject({ type: 'compose', data: 'volumes', why: 'container-image' })
  expect(host.limits).toContainEqual(expect.objectContaining({ code: 'engine-absent' }))
})

test('when systemd runs in a Docker container, then it is still one, and has systemd', {
  timeout: 300 * secondMs,
}, async () => {
  const host = await detected(await places.dockerWithSystemd())
  expect(host).toMatchObject({ kind: 'docker', systemd: true, conflicts: [] })
  expect(host.privileges.systemd.system).toBe('reachable')
  expect(files(host)).toEqual(expect.arrayContaining(['/run/systemd/container', '/.dockerenv', '/run/systemd/system']))
})

test.each<[string, readonly string[], boolean]>([
  ['as it comes', [], false],
  ['with users of its own', ['--uidmap', '0:100000:65536'], true],
])(
  'when a Podman container is started %s, then it is one',
  { timeout: 300 * secondMs },
  async (_, flags, unprivileged) => {
    const host = await detected(await places.podman(flags, ['sleep', '600']))
    expect(host).toMatchObject({ kind: 'podman', systemd: false, unprivileged, conflicts: [] })
    expect(files(host)).toEqual(expect.arrayContaining(['/run/.containerenv', '/proc/1/environ', '/proc/self/uid_map']))
    expect(host.strategy.type).toBe('compose')
  },
)

test('when systemd runs in a Podman container, then it is still one, and has systemd', {
  timeout: 300 * secondMs,
}, async () => {
  const host = await detected(await places.podmanWithSystemd())
  expect(host).toMatchObject({ kind: 'podman', systemd: true, conflicts: [] })
  expect(files(host)).toEqual(expect.arrayContaining(['/run/.containerenv', '/run/systemd/container']))
})

/** The engine's socket where a container expects it. */
async function withEngine(flags: readonly string[] = []): Promise<Place> {
  return places.docker(['--volume', `${join(places.engine.folder, 'docker.sock')}:/var/run/docker.sock`, ...flags])
}

test('when the engine is mounted in, then it is usable, and the projects that run on it are candidates', async () => {
  const labels = {
    'com.docker.compose.project': 'shop',
    'com.docker.compose.service': 'web',
    'com.docker.compose.project.working_dir': '/srv/shop',
    'com.docker.compose.project.config_files': '/srv/shop/docker-compose.yml',
  }
  await places.docker(Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]))
  const host = await detected(await withEngine())
  expect(host.privileges.engines).toMatchObject([{ usable: true, name: 'docker', errno: null }])
  expect(host.applications).toContainEqual(
    expect.objectContaining({ path: '/srv/shop', compose: '/srv/shop/docker-compose.yml', running: true }),
  )
  const codes = host.limits.map(({ code }) => code)
  expect(codes).not.toContain('engine-absent')
  expect(codes).toContain('compose-absent')
})

test('when a user may not use the engine, then that is told, and is no failure', async () => {
  const host = await detected(await withEngine(['--user', '1234:1234']))
  expect(host.privileges).toMatchObject({ uid: 1234, root: false, engines: [{ usable: false, errno: 'EACCES' }] })
  expect(host.limits).toContainEqual(expect.objectContaining({ code: 'engine-refused', errno: 'EACCES' }))
})

test('D23: when a container may use little memory, then it is told before anything needs more', async () => {
  const host = await detected(await places.docker(['--memory', '200m']))
  expect(host.limits).toContainEqual(expect.objectContaining({ code: 'memory-limit', bytes: 200 * 1024 * 1024 }))
})

test('D20: when an application belongs to another user or lies on a read-only mount, then it cannot be written to', async () => {
  const place = await places.docker(['--user', '1234:1234', '--tmpfs', '/opt/crm-backend:ro,mode=0777'])
  const host = await detected(place)
  expect(host.applications).toMatchObject([{ path: '/opt/crm-backend', writable: false }])
  expect(host.limits).toContainEqual(
    expect.objectContaining({ code: 'path-closed', path: '/opt/crm-backend', errno: 'EROFS' }),
  )
})

test('when a person asks, then the first line says what it is, and no line ends in nothing to do', async () => {
  const { code, stdout, stderr } = await belay(await places.docker(), ['detect'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const lines = stdout.trimEnd().split('\n')
  expect(lines[0]).toMatch(/^This is a Docker container without systemd, running Debian /)
  expect(lines.at(-1)).toBe('Next: belay init')
})
