import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../../core/model/problem.ts'
import type { ScheduleKind } from '../../ports/schedule.ts'
import type { ScheduleHost } from './host.ts'

/** What was seen of a host, as far as it decides. */
export interface KindReadings {
  readonly platform: NodeJS.Platform
  readonly root: boolean
  /** systemd is PID 1. */
  readonly systemd: boolean
  /** The user's own manager listens. */
  readonly userManager: boolean
  /** There is a program `crontab`, or, for root, a folder of crontabs. */
  readonly cron: boolean
}

export interface KindChoice {
  readonly kind: ScheduleKind
  readonly why: string
}

export function chooseKind({ platform, root, systemd, userManager, cron }: KindReadings): KindChoice {
  if (platform === 'darwin') return { kind: 'launchd', why: 'macOS starts things in time by launchd' }
  if (platform === 'win32') return { kind: 'schtasks', why: 'Windows starts things in time by its Task Scheduler' }
  if (systemd && root) return { kind: 'systemd', why: 'systemd runs this host' }
  if (systemd && userManager) return { kind: 'systemd', why: 'systemd runs this host, and a manager of your own' }
  if (cron) {
    const because = systemd ? 'systemd runs this host, but no manager of yours' : 'systemd does not run this host'
    return { kind: 'cron', why: `${because}, and there is cron` }
  }
  throw fail('E_PLATFORM', 'This host has neither systemd nor cron, so nothing can be started in time.', {
    hint: 'Install cron, or let something else call "belay check" or "belay update --all --yes".',
  })
}

export async function kindReadings(host: ScheduleHost): Promise<KindReadings> {
  const root = host.uid === 0
  const crontab = host.run(['crontab', '-l']).then(
    () => true,
    () => false,
  )
  return {
    platform: host.platform,
    root,
    systemd: await isThere(host.places.systemdRuntime),
    userManager: !root && (await isThere(join(host.places.runtime, String(host.uid), 'bus'))),
    cron: (root && (await isThere(host.places.cronDir))) || (await crontab),
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
