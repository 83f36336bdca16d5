import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { serveReleases } from '../../src/cli/release/server.ts'
import { appHealth, appUnit, buildAppRelease } from './bed/app.ts'
import { type Bed, type Device, type Door, startBed } from './bed/index.ts'

/** Timed checks and updates, started by the systemd and the cron of a device. */
let bed: Bed
let door: Door
let releases: string
let server: Awaited<ReturnType<typeof serveReleases>>

beforeAll(async () => {
  bed = await startBed()
  releases = await mkdtemp(join(tmpdir(), 'belay-app-releases-'))
  server = await serveReleases({ dir: releases, host: '127.0.0.1', port: 0, signal: new AbortController().signal })
  door = await bed.expose(Number(new URL(server.url).port))
})
afterAll(async () => {
  await bed?.close()
  await server?.close()
  if (releases !== undefined) await rm(releases, { recursive: true, force: true })
})

/** Each test has a repository of its own: the order of tests is any. */
async function publish(repo: string, version: string, fault: 'none' | 'unhealthy' = 'none'): Promise<string> {
  const folder = join(releases, repo)
  await mkdir(folder, { recursive: true })
  return (await buildAppRelease(folder, version, fault)).archive
}

function config(repo: string, strategy: object, more: object = {}, api = door.url): string {
  const source = { type: 'github', repo, api, asset: 'app-{version}.tar.gz' }
  const app = { source, strategy: { type: 'directory', ...strategy }, version: { file: 'VERSION' }, ...more }
  return JSON.stringify({ version: 1, agent: { allow_http: ['host.bed'] }, components: { app } })
}

const healthy = (port: number) => ({ checks: { after: appHealth(port) } })

/** None of what is started in time by itself comes while a test looks on: its hour is half a day away. */
const farHour = (new Date().getUTCHours() + 12) % 24
const far = ['--at', `0 ${farHour} * * *`]

const outlasting = 'example/outlasting'
const stopped = 'example/stopped'
const minutely = 'example/minutely'

/** 1.0.0 runs under systemd in /opt/app, as its owner put it there. */
async function installApp(device: Device): Promise<void> {
  await device.must(['install', '-d', '/opt/app', '/var/lib/app'])
  await device.copyIn(await publish(outlasting, '1.0.0'), '/root/app.tar.gz')
  await device.must(['tar', '-C', '/opt/app', '-xzf', '/root/app.tar.gz'])
  await device.writeFile('/etc/systemd/system/app.service', appUnit({ root: '/opt/app', data: '/var/lib/app' }))
  await device.must(['systemctl', 'enable', '--now', 'app'])
  const service = { type: 'systemd', unit: 'app' }
  await device.writeFile('/etc/belay/belay.yaml', config(outlasting, { path: '/opt/app', service }, healthy(8080)))
}

async function belay<T>(device: Device, args: readonly string[], user = 'root', env = {}): Promise<T> {
  const { code, stdout, stderr } = await device.exec(['belay', '--json', ...args], { user, env })
  if (code !== 0) throw new Error(`belay ${args.join(' ')}: ${code} ${stdout} ${stderr}`)
  return JSON.parse(stdout) as T
}

interface Installed {
  readonly schedule: {
    readonly kind: string
    readonly why: string
    readonly changed: boolean
    readonly state: string | null
    readonly notes: readonly string[]
  }
}
interface Removed {
  readonly removed: readonly { readonly kind: string; readonly work: string; readonly path: string }[]
}
interface History {
  readonly runs: readonly { readonly outcome: string; readonly from: string | null; readonly to: string | null }[]
}
interface Status {
  readonly components: readonly { readonly last_checked: string | null; readonly available: string | null }[]
}

async function lastChecked(device: Device, args: readonly string[], user = 'root'): Promise<string | null> {
  const status = await belay<Status>(device, [...args, 'status'], user)
  return status.components[0]?.last_checked ?? null
}

async function property(device: Device, unit: string, name: string): Promise<string> {
  return (await device.must(['systemctl', 'show', '--value', `--property=${name}`, unit])).trim()
}

/** Starts what the timer would, and waits for its end. */
async function start(device: Device, unit: string): Promise<void> {
  const { code } = await device.exec(['systemctl', 'start', unit])
  if (code !== 0) throw new Error(await device.journal(unit))
}

async function until(what: string, seconds: number, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + seconds * 1000
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`${what} did not come within ${seconds} s`)
    await delay(250)
  }
}

// Side by side, each on a device of its own: one of them waits for the minute.
describe.concurrent('timed work of a host', () => {
  test('when systemd starts updates in time then they run, tell how they ended, outlast a reboot, and leave nothing', async ({
    expect,
  }) => {
    await using device = await bed.device()
    await installApp(device)
    await publish(outlasting, '1.1.0')
    const unitsBefore = await device.must(['ls', '-A', '/etc/systemd/system'])

    // W1: a check that finds an update has done its work.
    const first = await belay<Installed>(device, ['service', 'install', ...far])
    expect(first.schedule).toMatchObject({ kind: 'systemd', why: 'systemd runs this host', changed: true })
    expect(first.schedule.state).toMatch(/^belay-check\.timer is active, next \w{3} \d{4}-/)
    expect((await belay<Installed>(device, ['service', 'install', ...far])).schedule.changed).toBe(false)
    await start(device, 'belay-check.service')
    expect(await property(device, 'belay-check.service', 'ExecMainStatus')).toBe('10')
    expect(await property(device, 'belay-check.service', 'Result')).toBe('success')
    expect(await lastChecked(device, [])).not.toBeNull()

    await belay<Installed>(device, ['service', 'install', '--do', 'update', ...far])
    await start(device, 'belay-update.service')
    expect((await device.http(8080, '/health')).body).toContain('1.1.0')

    // A version that is never healthy goes back, which is told as a failure, and D14: the next time does not try it again.
    await publish(outlasting, '1.2.0', 'unhealthy')
    expect((await device.exec(['systemctl', 'start', 'belay-update.service'])).code).not.toBe(0)
    expect(await property(device, 'belay-update.service', 'ExecMainStatus')).toBe('3')
    const stop = await property(device, 'app.service', 'ActiveEnterTimestampMonotonic')
    await start(device, 'belay-update.service')
    expect(await property(device, 'app.service', 'ActiveEnterTimestampMonotonic')).toBe(stop)
    const { runs } = await belay<History>(device, ['history'])
    expect(runs.map(({ outcome, to }) => [outcome, to])).toEqual([
      ['rolled-back', '1.2.0'],
      ['committed', '1.1.0'],
    ])
    expect((await device.http(8080, '/health')).body).toContain('1.1.0')
    expect(await device.journal('belay-update.service')).toContain('1.2.0')

    await device.reboot()
    expect(await device.must(['systemctl', 'is-active', 'belay-check.timer', 'belay-update.timer'])).toBe(
      'active\nactive\n',
    )

    await device.writeFile(
      '/etc/systemd/system/belay-check.timer',
      `${await device.readFile('/etc/systemd/system/belay-check.timer')}# mine\n`,
    )
    const refused = await device.exec(['belay', 'service', 'uninstall'])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('/etc/systemd/system/belay-check.timer was edited')
    await device.must(['sed', '-i', '$d', '/etc/systemd/system/belay-check.timer'])

    const stamps = () => device.exec(['ls', '/var/lib/systemd/timers'])
    expect((await stamps()).stdout).toContain('stamp-belay-check.timer')
    const { removed } = await belay<Removed>(device, ['service', 'uninstall'])
    expect((await stamps()).stdout).not.toContain('belay')
    expect(removed.map(({ kind, work }) => `${kind} ${work}`)).toEqual(['systemd check', 'systemd update'])
    expect(await device.must(['systemctl', 'list-timers', '--all', 'belay*'])).toContain('0 timers listed')
    await belay(device, ['forget', 'app', '--yes']).catch(() => null)
    expect((await device.must(['ls', '-A', '/etc/systemd/system'])).split('\n')).toEqual(
      expect.arrayContaining(unitsBefore.trim().split('\n')),
    )
    expect((await device.must(['ls', '-A', '/etc/systemd/system'])).match(/belay-(check|update)/)).toBeNull()
  })

  test('when a timed update is stopped then it is undone; what it starts without systemd lives on after it', async ({
    expect,
  }) => {
    await using device = await bed.device()
    const service = {
      type: 'process',
      command: ['/usr/local/bin/node', 'server.mjs'],
      env: { APP_PORT: '8081', APP_DATA: '/srv' },
    }
    const strategy = { path: '/opt/app', layout: 'slots', service }
    await device.writeFile('/etc/belay/belay.yaml', config(stopped, strategy, healthy(8081)))
    await publish(stopped, '1.0.0')
    await belay(device, ['service', 'install', '--do', 'update', 'app', '--at', `30 ${farHour} * * 0`])
    await start(device, 'belay-update.service')
    expect(await property(device, 'belay-update.service', 'ActiveState')).toBe('inactive')
    expect((await device.http(8081, '/health')).status).toBe(200)

    const slow = { ...strategy, prepare: [['sleep', '300']] }
    await device.writeFile('/etc/belay/belay.yaml', config(stopped, slow, healthy(8081)))
    await publish(stopped, '1.1.0')
    await device.must(['systemctl', 'start', '--no-block', 'belay-update.service'])
    await until('the slow step', 120, async () => (await device.exec(['pgrep', '-x', 'sleep'])).code === 0)
    await device.must(['systemctl', 'stop', 'belay-update.service'])
    const { runs } = await belay<History>(device, ['history'])
    expect(runs[0]).toMatchObject({ outcome: 'failed', to: '1.1.0' })
    expect((await device.exec(['pgrep', '-x', 'sleep'])).code).toBe(1)
    expect((await device.http(8081, '/health')).status).toBe(200)

    // D13, D14: killed half-way, the next time first ends that run, and starts a new one from a whole tree.
    await device.must(['systemctl', 'start', '--no-block', 'belay-update.service'])
    await until('the slow step', 120, async () => (await device.exec(['pgrep', '-x', 'sleep'])).code === 0)
    await device.must(['systemctl', 'kill', '--kill-who=main', '--signal=KILL', 'belay-update.service'])
    await until(
      'the end',
      120,
      async () => (await property(device, 'belay-update.service', 'ActiveState')) === 'failed',
    )
    await device.writeFile('/etc/belay/belay.yaml', config(stopped, strategy, healthy(8081)))
    await start(device, 'belay-update.service')
    const ended = (await belay<History>(device, ['history'])).runs.map(({ outcome, to }) => [outcome, to])
    expect(ended).toEqual([
      ['committed', '1.1.0'],
      ['failed', '1.1.0'],
      ['failed', '1.1.0'],
      ['committed', '1.0.0'],
    ])
    expect((await device.http(8081, '/health')).body).toContain('1.1.0')
  })

  test('D20: when the minute comes then the timer and cron start it, for root and for a user, and a failure is kept', {
    timeout: 600_000,
  }, async ({ expect }) => {
    await using device = await bed.device()
    await device.must(['useradd', '--create-home', 'pi'])
    await device.must(['install', '-d', '-o', 'pi', '/srv/pi', '/srv/root'])
    const files = { path: '/opt/app', layout: 'slots' }
    await publish(minutely, '1.0.0')
    for (const place of ['/srv/root/timer.yaml', '/srv/root/cr on%.yaml'])
      await device.writeFile(place, config(minutely, files))
    await device.writeFile('/srv/pi/broken.yaml', config(minutely, files, {}, 'http://host.bed:1'))
    const theirs = 'MAILTO=""\n# mine\n5 4 * * * /bin/true 1\\%\n'
    await device.must(['crontab', '-u', 'pi', '-'], { input: theirs })
    const every = ['--at', '* * * * *']
    const timer = ['-c', '/srv/root/timer.yaml', '--state', '/srv/root/timer']
    const cron = ['-c', '/srv/root/cr on%.yaml', '--state', '/srv/root/cr on%']
    const user = ['-c', '/srv/pi/broken.yaml', '--state', '/srv/pi/state']
    await belay(device, [...timer, 'service', 'install', ...every])
    const installed = await belay<Installed>(device, [...cron, 'service', 'install', '--kind', 'cron', ...every])
    expect(installed.schedule.notes).toEqual([
      'It fires 1440 times a day: sources count requests.',
      'There is a timed check of systemd too: "belay service uninstall --kind systemd" takes it away.',
    ])
    const own = await belay<Installed>(device, [...user, 'service', 'install', ...every], 'pi')
    expect(own.schedule.why).toBe('systemd runs this host, but no manager of yours, and there is cron')
    await Promise.all([
      until('the timer', 300, async () => (await lastChecked(device, timer)) !== null),
      until('cron', 300, async () => (await lastChecked(device, cron)) !== null),
      until(
        'the failure',
        300,
        async () => (await device.exec(['grep', '-q', 'host.bed', '/srv/pi/state/logs/timed-check.txt'])).code === 0,
      ),
    ])
    expect(await property(device, 'belay-check.service', 'Result')).toBe('success')
    await until(
      'the end',
      120,
      async () => (await device.exec(['ls', '/srv/root/cr on%/logs/timed-check.txt'])).code !== 0,
    )

    expect((await belay<Removed>(device, ['service', 'uninstall'])).removed.map(({ kind }) => kind)).toEqual([
      'systemd',
      'cron',
    ])
    await belay<Removed>(device, ['service', 'uninstall'], 'pi')
    expect(await device.must(['crontab', '-u', 'pi', '-l'])).toBe(theirs)
    expect((await device.exec(['ls', '/etc/cron.d/belay-check'])).code).not.toBe(0)

    // A user whose own manager runs has timers of their own.
    await device.must(['loginctl', 'enable-linger', 'pi'])
    await until('the manager', 120, async () => (await device.exec(['ls', '/run/user/1000/bus'])).code === 0)
    const linger = await belay<Installed>(device, [...user, 'service', 'install'], 'pi', { HOME: '/home/pi' })
    expect(linger.schedule).toMatchObject({ kind: 'systemd', notes: [] })
    expect(linger.schedule.state).toContain('belay-check.timer is active')
    expect((await belay<Removed>(device, ['service', 'uninstall'], 'pi', { HOME: '/home/pi' })).removed).toEqual([
      { kind: 'systemd', work: 'check', path: '/home/pi/.config/systemd/user/belay-check.timer' },
    ])
  })
})
