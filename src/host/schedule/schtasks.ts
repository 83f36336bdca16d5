import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServiceWork } from '../../ports/schedule.ts'
import type { ScheduleHost } from './host.ts'
import { type Job, jobName } from './job.ts'
import { absent, refused, type Scheduler } from './scheduler.ts'
import { taskName, taskText } from './schtasks-text.ts'

const start = ['schtasks', '/Run', '/TN', taskName({ work: 'agent' })] as const

/** `administrator`: the task is the system's own; else it is of the user, without a session and without a window. */
export function schtasksScheduler(host: ScheduleHost, administrator: boolean): Scheduler {
  const user = administrator ? null : host.user
  const create = (work: ServiceWork, file: string) =>
    ['schtasks', '/Create', '/TN', taskName({ work }), '/XML', file, '/F'] as const
  return {
    texts: (job) => [{ path: `${jobName(job)}.xml`, text: taskText(job, user) }],
    commands: (job) => [create(job.work, `${jobName(job)}.xml`), ...(job.work === 'agent' ? [start] : [])],
    async ready() {
      if (host.platform !== 'win32') throw absent('Only Windows has the Task Scheduler.')
    },
    install: async (job) => install(host, job, taskText(job, user), create),
    present: async (work) => isKnown(host, work),
    async remove(work) {
      if (!(await isKnown(host, work))) return null
      const result = await host.run(['schtasks', '/Delete', '/TN', taskName({ work }), '/F'])
      if (result.code !== 0) throw refused('schtasks', result)
      return taskName({ work })
    },
    notes: async () => [],
  }
}

async function isKnown(host: ScheduleHost, work: ServiceWork): Promise<boolean> {
  if (host.platform !== 'win32') return false
  return (await host.run(['schtasks', '/Query', '/TN', taskName({ work })])).code === 0
}

/** The folder of tasks `\Belay` is ours alone, so what is there under this name is replaced. */
async function install(
  host: ScheduleHost,
  job: Job,
  text: string,
  create: (work: ServiceWork, file: string) => readonly [string, ...string[]],
) {
  const dir = await mkdtemp(join(tmpdir(), 'belay-task-'))
  try {
    const file = join(dir, `${jobName(job)}.xml`)
    await writeFile(file, Buffer.from(`\uFEFF${text}`, 'utf16le'))
    const result = await host.run(create(job.work, file))
    if (result.code !== 0) throw refused('schtasks', result)
    if (job.work === 'agent') await host.run(start)
    return { changed: true, state: null }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
