import type { HoldReason } from '../../core/model/release.ts'
import { ago, moment } from './units.ts'

/** Why a newer version is not installed by itself. */
export function holdText(reason: HoldReason, now: number): string {
  switch (reason.kind) {
    case 'hold':
      return `held back by policy (${reason.pattern})`
    case 'min-age':
      return reason.until === null
        ? 'no date is known, so it is never old enough'
        : `too new, offered ${ago(reason.until, now)}`
    case 'failed-before':
      return `failed before (belay show ${reason.run}); not tried by itself again`
    case 'auto':
      return `not installed by itself (auto: ${reason.auto})`
    case 'window':
      return reason.opens === null ? 'outside the maintenance window' : `waits for the window, ${moment(reason.opens)}`
    case 'requires':
      return `needs ${reason.component} ${reason.range}, found ${reason.found ?? 'none'}`
  }
}
