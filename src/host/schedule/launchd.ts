import { access, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ServiceWork } from '../../ports/schedule.ts'
import type { ScheduleHost } from './host.ts'
import { launchdLabel, launchdText } from './launchd-text.ts'
import { putOwned, readOwned, removeOwned } from './owned-file.ts'
import { absent, refused, type Scheduler } from './scheduler.ts'

/** Root's is a daemon of the system, everybody else's an agent of their session. */
export function launchdScheduler(host: ScheduleHost): Scheduler {
  const root = host.uid === 0
  const dir = root ? '/Library/LaunchDaemons' : join(host.home, 'Library/LaunchAgents')
  const domain = root ? 'system' : `gui/${host.uid}`
  const pathOf = (work: ServiceWork) => join(dir, `${launchdLabel({ work })}.plist`)
  const bootout = (work: ServiceWork) => host.run(['launchctl', 'bootout', `${domain}/${launchdLabel({ work })}`])
  return {
    texts: (job) => [{ path: pathOf(job.work), text: launchdText(job) }],
    commands: (job) => [['launchctl', 'bootstrap', domain, pathOf(job.work)]],
    async ready() {
      if (host.platform !== 'darwin') throw absent('Only macOS has launchd.')
    },
    async install(job) {
      await mkdir(dirname(job.failureFile), { recursive: true, mode: 0o700 })
      const fresh = (await readOwned(pathOf(job.work))) === null
      if (!(await putOwned(pathOf(job.work), launchdText(job)))) return { changed: false, state: null }
      // One that is known already goes on with what it was loaded with.
      if (!fresh) await bootout(job.work)
      const result = await host.run(['launchctl', 'bootstrap', domain, pathOf(job.work)])
      if (result.code === 0) return { changed: true, state: null }
      await removeOwned(pathOf(job.work))
      throw refused('launchctl', result)
    },
    present: async (work) =>
      access(pathOf(work)).then(
        () => true,
        () => false,
      ),
    async remove(work) {
      if ((await readOwned(pathOf(work))) === null) return null
      if (host.platform === 'darwin') await bootout(work)
      await removeOwned(pathOf(work))
      return pathOf(work)
    },
    notes: async () =>
      root
        ? []
        : ['An agent of a user runs while that user is logged in. Run this as root for a daemon of the system.'],
  }
}
