import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { BelayError } from '../../core/model/problem.ts'
import type { ServiceWork } from '../../ports/schedule.ts'
import type { RunResult } from '../process/run.ts'
import { putOwned, readOwned, removeOwned } from './owned-file.ts'
import type { ScheduleHost } from './host.ts'
import type { Job } from './job.ts'
import { absent, refused, type Scheduler } from './scheduler.ts'
import { serviceText, timerText, type UnitPlace, unitNames } from './systemd-text.ts'

export function systemdScheduler(host: ScheduleHost): Scheduler {
  const place = placeOf(host)
  const pathOf = (work: ServiceWork) => join(place.dir, unitNames({ work }).enabled)
  const texts = (job: Job) => [
    { path: join(place.dir, unitNames(job).service), text: serviceText(job, place) },
    ...(job.work === 'agent' ? [] : [{ path: pathOf(job.work), text: timerText(job) }]),
  ]
  return {
    texts,
    commands: ({ work }) => [
      ['systemctl', ...place.flags, 'daemon-reload'],
      ['systemctl', ...place.flags, 'enable', '--now', unitNames({ work }).enabled],
    ],
    async ready() {
      if (await isThere(host.places.systemdRuntime)) return
      throw absent('This host was not booted with systemd.')
    },
    install: async (job) => install(host, place, job, texts(job)),
    present: async (work) => isThere(pathOf(work)),
    remove: async (work) => remove(host, place, work),
    notes: async () => lingerNotes(host, place),
  }
}

interface Place extends UnitPlace {
  readonly dir: string
  readonly flags: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** Root's are units of the system; everybody else's belong to their own manager, which cron and sudo do not tell of. */
function placeOf({ uid, home, places }: ScheduleHost): Place {
  const env = { LC_ALL: 'C', SYSTEMD_COLORS: '0', SYSTEMD_PAGER: '' }
  if (uid === 0) {
    return { scope: 'system', dir: places.systemUnits, flags: [], env, environmentFile: '/etc/belay/environment' }
  }
  const runtime = join(places.runtime, String(uid))
  return {
    scope: 'user',
    dir: join(home, '.config/systemd/user'),
    flags: ['--user'],
    env: { ...env, XDG_RUNTIME_DIR: runtime, DBUS_SESSION_BUS_ADDRESS: `unix:path=${runtime}/bus` },
    environmentFile: '%h/.config/belay/environment',
  }
}

async function systemctl(host: ScheduleHost, { flags, env }: Place, args: readonly string[]): Promise<RunResult> {
  return host.run(['systemctl', ...flags, '--no-ask-password', ...args], { env })
}

async function must(host: ScheduleHost, place: Place, args: readonly string[]): Promise<RunResult> {
  const result = await systemctl(host, place, args)
  if (result.code === 0) return result
  throw refused('systemctl', result)
}

type Texts = readonly { readonly path: string; readonly text: string }[]

async function install(host: ScheduleHost, place: Place, job: Job, texts: Texts) {
  const before = await Promise.all(texts.map(({ path }) => readOwned(path)))
  const unit = unitNames(job).enabled
  await verify(host, place, texts)
  try {
    let changed = false
    for (const { path, text } of texts) changed = (await putOwned(path, text)) || changed
    const was = await shown(host, place, unit)
    if (changed || was['NeedDaemonReload'] === 'yes') await must(host, place, ['daemon-reload'])
    await must(host, place, ['--quiet', 'enable', unit])
    // A timer that runs goes on with the times it was started with.
    await must(host, place, [changed ? 'restart' : 'start', unit])
    const now = await shown(host, place, unit)
    if (now['ActiveState'] !== 'active')
      throw refused('systemctl', { stdout: `${unit} is ${now['ActiveState']}`, stderr: '' })
    const isNew = was['ActiveState'] !== 'active'
    return {
      changed: changed || isNew,
      state:
        job.work === 'agent' ? `${unit} is active` : `${unit} is active, next ${now['NextElapseUSecRealtime'] ?? '?'}`,
    }
  } catch (error) {
    if (before.every((text) => text === null)) await takeBack(host, place, unit, texts)
    throw error
  }
}

async function takeBack(host: ScheduleHost, place: Place, unit: string, texts: Texts): Promise<void> {
  await systemctl(host, place, ['--quiet', 'disable', '--now', unit]).catch(() => null)
  for (const { path } of texts) await rm(path, { force: true })
  await systemctl(host, place, ['daemon-reload']).catch(() => null)
}

/** Before anything is written where systemd reads it. A host without the tool goes without. */
async function verify(host: ScheduleHost, place: Place, texts: Texts): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-units-'))
  try {
    const files = texts.map(({ path, text }) => ({ file: join(dir, basename(path)), text }))
    for (const { file, text } of files) await writeFile(file, text)
    const names = files.map(({ file }) => file)
    const result = await host.run(['systemd-analyze', ...place.flags, '--man=no', 'verify', ...names], {
      env: place.env,
    })
    // It looks at everything that ours depends on too; only what it says of ours counts.
    const about = `${result.stdout}\n${result.stderr}`.split('\n').filter((line) => line.includes(dir))
    if (about.length > 0) throw refused('systemd-analyze verify', { stdout: about.join('\n'), stderr: '' })
  } catch (error) {
    if (!(error instanceof BelayError) || error.problem.code !== 'E_COMMAND_NOT_FOUND') throw error
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

const shownProperties: readonly string[] = ['ActiveState', 'NextElapseUSecRealtime', 'NeedDaemonReload']

async function shown(host: ScheduleHost, place: Place, unit: string): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await must(host, place, ['show', `--property=${shownProperties.join(',')}`, unit])
  const pairs = stdout.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
  return Object.fromEntries(pairs)
}

/** A timed run that is under way goes on: only its timer ends. The agent undoes one of its own, and is not waited for. */
async function remove(host: ScheduleHost, place: Place, work: ServiceWork) {
  const { service, timer, enabled } = unitNames({ work })
  const paths = [enabled, service].map((name) => join(place.dir, name))
  const there = await Promise.all(paths.map(readOwned))
  if (there.every((text) => text === null)) return null
  const manager = await isThere(host.places.systemdRuntime)
  if (manager) {
    await must(host, place, ['--quiet', 'disable', ...(timer === null ? [] : ['--now']), enabled])
    if (timer === null) await must(host, place, ['stop', '--no-block', enabled])
    // Otherwise the next timer of this name would take today for a time that was missed.
    if (timer !== null) await systemctl(host, place, ['clean', '--what=state', timer])
  }
  for (const path of paths) await removeOwned(path)
  if (manager) await must(host, place, ['daemon-reload'])
  return paths[0] ?? null
}

async function lingerNotes({ places, user }: ScheduleHost, { scope }: Place): Promise<readonly string[]> {
  if (scope === 'system' || (await isThere(join(places.lingering, user)))) return []
  return [`Units of a user end with the last session: "loginctl enable-linger ${user}" lets them run without one.`]
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
