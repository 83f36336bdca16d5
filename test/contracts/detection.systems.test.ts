// needs: bed, containers, lxc, nspawn
import { existsSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { must, run } from '../e2e/bed/command.ts'
import { repository } from '../e2e/bed/requirements.ts'
import { belayInside, detected, type Host, hostOf, type Place, Places } from './detection.places.ts'

const secondMs = 1000
const slow = { timeout: 300 * secondMs }

let places: Places
beforeAll(async () => {
  places = await Places.open()
}, 300 * secondMs)
afterAll(() => places?.[Symbol.asyncDispose](), 120 * secondMs)

/** One for all tests that only add to it. */
let made: Promise<Place> | null = null
function unprivileged(): Promise<Place> {
  made ??= places.lxc({ privileged: false })
  return made
}

const files = (host: Host) => host.evidence.flatMap((each) => ('file' in each ? [each.file] : []))

async function sh(place: Place, script: string): Promise<void> {
  const { code, stderr } = await place.run(['sh', '-ec', script])
  if (code !== 0) throw new Error(stderr)
}

test('when systemd-nspawn runs one program, then it is its container, without systemd', slow, async () => {
  const host = await detected(await places.nspawn())
  expect(host).toMatchObject({ kind: 'nspawn', systemd: false, unprivileged: false, conflicts: [] })
  expect(files(host)).toEqual(expect.arrayContaining(['/run/host/container-manager', '/proc/1/environ']))
})

test(
  'when a system was made from a Docker container, then its file is told as a conflict, and not believed',
  slow,
  async () => {
    const tree = await places.tree()
    await must(['touch', join(tree, '.dockerenv')])
    const host = await detected(await places.nspawn(tree))
    expect(host.kind).toBe('nspawn')
    expect(host.conflicts).toMatchObject([{ claim: 'docker' }])
  },
)

test('when systemd-nspawn boots a system, then it has systemd', slow, async () => {
  const place = await places.nspawnWithSystemd()
  const host = await detected(place)
  expect(host).toMatchObject({ kind: 'nspawn', systemd: true, conflicts: [] })
  expect(files(host)).toEqual(expect.arrayContaining(['/run/systemd/container', '/run/systemd/system']))

  // D23, C7: a unit of belay's own, as strict as those that were shipped with the seeds' updaters.
  const strict = ['ProtectSystem=strict', 'ProtectHome=yes', 'MemoryMax=200M', 'CPUQuota=20%', 'NoNewPrivileges=yes']
  const words = ['systemd-run', '--quiet', '--wait', '--pipe', ...strict.map((each) => `--property=${each}`)]
  const inUnit = hostOf(await place.run([...words, belayInside, 'detect', '--json']))
  const codes = inUnit.limits.map(({ code }) => code)
  expect(codes).toEqual(expect.arrayContaining(['system-read-only', 'home-hidden', 'memory-limit', 'cpu-limit']))
  expect(inUnit.limits).toContainEqual(expect.objectContaining({ code: 'memory-limit', bytes: 200 * 1024 * 1024 }))
  expect(inUnit.limits).toContainEqual(expect.objectContaining({ code: 'cpu-limit', percent: 20 }))
  expect(inUnit.privileges.no_new_privileges).toBe(true)
})

test.each([
  [true, false],
  [false, true],
])('when an LXC container is privileged: %s, then it is told so', slow, async (privileged, mapped) => {
  const host = await detected(await (privileged ? places.lxc({ privileged }) : unprivileged()))
  expect(host).toMatchObject({ kind: 'lxc', systemd: true, unprivileged: mapped, conflicts: [] })
  expect(files(host)).toEqual(expect.arrayContaining(['/run/systemd/container', '/proc/self/uid_map']))
  expect(host.strategy).toMatchObject({
    type: 'directory',
    layout: 'in-place',
    service: 'systemd',
    why: 'system-container',
  })
})

test(
  'W8: when the whisper appliance looks at itself in LXC, then it is found, and what it may not do is told',
  slow,
  async () => {
    const place = await unprivileged()
    const folder = '/opt/whisper-appliance'
    await sh(
      place,
      `useradd --system --home-dir ${folder} whisper
    mkdir -p ${folder} && chown whisper ${folder}
    printf '[Service]\\nType=exec\\nUser=whisper\\nWorkingDirectory=${folder}\\nExecStart=/bin/sleep infinity\\n' >/etc/systemd/system/whisper-appliance.service
    systemctl daemon-reload && systemctl start whisper-appliance`,
    )
    const as = ['runuser', '-u', 'whisper', '--', 'env', `HOME=${folder}`]
    const host = hostOf(await place.run([...as, belayInside, 'detect', '--json']))
    expect(host.applications[0]).toMatchObject({
      path: folder,
      unit: 'whisper-appliance.service',
      running: true,
      writable: true,
      parent_writable: false,
    })
    expect(host.applications[0]?.evidence.map(({ finding }) => finding)).toEqual(['unit', 'process', 'known'])
    const codes = host.limits.map(({ code }) => code)
    expect(codes).toEqual(expect.arrayContaining(['restart-refused', 'parent-closed']))
    expect(host.strategy.layout).toBe('in-place')
  },
)

const isFirst = readlinkSync('/proc/self/ns/pid') === 'pid:[4026531836]'

test.runIf(isFirst)('when it is this machine itself, then Docker’s file in it is told and not believed', async () => {
  const host = hostOf(await run([join(repository, 'bin/belay'), 'detect', '--json'], { cwd: '/' }))
  expect(['vm', 'bare-metal']).toContain(host.kind)
  expect(host.conflicts.map(({ claim }) => claim)).toEqual(existsSync('/.dockerenv') ? ['docker'] : [])
})

test.runIf(isFirst)('when it is another root folder on this machine, then it is the machine', slow, async () => {
  const host = await detected(await places.chroot())
  expect(['vm', 'bare-metal']).toContain(host.kind)
  expect(host.conflicts).toEqual([])
})
