import { access, mkdir, readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ServiceWork } from '../../ports/schedule.ts'
import { blockText, cronFileText, readCrontab, withBlock } from './cron-text.ts'
import type { ScheduleHost } from './host.ts'
import { type Job, jobName } from './job.ts'
import { notOurs, putOwned, removeOwned } from './owned-file.ts'
import { absent, refused, type Scheduler } from './scheduler.ts'

const crontabEnv = { LC_ALL: 'C' }

/** A file of its own where the system's cron reads a folder and root asks; else a block in the user's crontab. */
export async function cronScheduler(host: ScheduleHost): Promise<Scheduler> {
  const inFolder = host.uid === 0 && (await isThere(host.places.cronDir))
  const fileOf = (work: ServiceWork) => join(host.places.cronDir, jobName({ work }))
  const notes = async (work: ServiceWork) => [...(await daemonNotes(host)), ...(work === 'agent' ? [agentNote] : [])]
  if (inFolder) {
    return {
      notes,
      ready: async () => {},
      texts: (job) => [{ path: fileOf(job.work), text: cronFileText(job) }],
      commands: () => [],
      async install(job) {
        await makeFolder(job)
        return { changed: await putOwned(fileOf(job.work), cronFileText(job)), state: null }
      },
      present: async (work) => isThere(fileOf(work)),
      remove: async (work) => ((await removeOwned(fileOf(work))) ? fileOf(work) : null),
    }
  }
  return {
    notes,
    ready: async () => ready(host),
    texts: (job) => [{ path: null, text: blockText(job) }],
    commands: () => [['crontab', '-e']],
    async install(job) {
      await makeFolder(job)
      return { changed: await change(host, job.work, blockText(job)), state: null }
    },
    present: async (work) => {
      const { block, edited } = readCrontab(await crontabText(host).catch(() => null), work)
      return block !== null || edited
    },
    remove: async (work) => ((await change(host, work, null)) ? `the crontab of ${host.user}` : null),
  }
}

const agentNote =
  'Cron starts the agent when the host starts, and never again before: start it now with "belay agent". A service manager would keep it alive.'

async function makeFolder({ failureFile }: Job): Promise<void> {
  await mkdir(dirname(failureFile), { recursive: true, mode: 0o700 })
}

/** Puts our block in, or takes it out; every other byte stays. false: it was so already. */
async function change(host: ScheduleHost, work: ServiceWork, block: string | null): Promise<boolean> {
  const text = await crontabText(host)
  const crontab = readCrontab(text, work)
  if (crontab.edited) throw notOurs(`The part of ${jobName({ work })} in the crontab of ${host.user}`, 'edited')
  if (crontab.block === block) return false
  const next = block === null ? `${crontab.before}${crontab.after}` : withBlock(crontab, block)
  const empty = next === ''
  const result = await host.run(['crontab', empty ? '-r' : '-'], { env: crontabEnv, ...(empty ? {} : { input: next }) })
  if (result.code !== 0) throw refused('crontab', result)
  return true
}

async function crontabText(host: ScheduleHost): Promise<string | null> {
  const result = await host.run(['crontab', '-l'], { env: crontabEnv })
  if (result.code === 0) {
    if (!result.truncated) return result.stdout
    throw absent(`The crontab of ${host.user} is larger than belay reads.`)
  }
  if (/no crontab/i.test(result.stderr)) return null
  throw refused('crontab', result)
}

async function ready(host: ScheduleHost): Promise<void> {
  const found = await host.run(['crontab', '-l'], { env: crontabEnv }).catch(() => null)
  if (found === null) throw absent('This host has no cron: there is no program "crontab".')
}

const daemons: ReadonlySet<string> = new Set(['cron', 'crond', 'fcron'])

/** A schedule that nobody reads is worse than none. */
async function daemonNotes({ places }: ScheduleHost): Promise<readonly string[]> {
  const processes = await readdir(places.processes).catch(() => null)
  if (processes === null) return []
  for (const pid of processes.filter((name) => /^\d+$/.test(name))) {
    const name = await readFile(join(places.processes, pid, 'comm'), 'utf8').catch(() => '')
    if (daemons.has(name.trim())) return []
  }
  return ['No cron daemon runs now, so nothing will start: start it ("systemctl enable --now cron", or "crond").']
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
