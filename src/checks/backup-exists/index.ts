import { failed, passed } from '../../host/check-result.ts'
import type { Check, CheckContext, CheckResult } from '../../ports/check.ts'
import { type BackupExistsConfig, backupExistsSchema } from './schema.ts'

const hourMs = 3_600_000

async function run(config: BackupExistsConfig, context: CheckContext): Promise<CheckResult> {
  const ages = await context.wayBackAgesMs()
  const newestMs = ages.length === 0 ? null : Math.min(...ages)
  const newestHours = newestMs === null ? null : Math.round((newestMs / hourMs) * 10) / 10
  const facts = { count: ages.length, newest_age_hours: newestHours, max_age_hours: config.max_age_hours ?? null }
  const hint = `"belay backups create ${context.step.wayBack.component}" makes one.`
  if (newestMs === null) return failed('there is no backup and no kept version to go back to', hint, facts)
  if (config.max_age_hours !== undefined && newestMs > config.max_age_hours * hourMs) {
    return failed(`the newest backup is ${newestHours} hours old, ${config.max_age_hours} are allowed`, hint, facts)
  }
  return passed(facts)
}

/** A verified backup or a kept version is really there, and not too old. Asked once. */
export function backupExistsCheck(): Check<BackupExistsConfig> {
  return {
    kind: 'backup_exists',
    config: backupExistsSchema,
    describe: ({ max_age_hours }) =>
      max_age_hours === undefined ? 'a backup exists' : `a backup of the last ${max_age_hours} h exists`,
    timeoutMs: () => 0,
    run,
  }
}
