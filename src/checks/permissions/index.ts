import { access, constants, stat } from 'node:fs/promises'
import { problemOf } from '../../core/model/problem.ts'
import { failed, passed } from '../../host/check-result.ts'
import { nearest } from '../../host/tree/mounts.ts'
import { tryWriting } from '../../host/tree/try-write.ts'
import type { Check, CheckContext, CheckResult } from '../../ports/check.ts'
import { type PermissionsConfig, permissionsSchema } from './schema.ts'

async function refusalAt(path: string): Promise<string | null> {
  try {
    // What is not there yet would be made in the nearest folder above it.
    const place = nearest(path)
    if (!(await stat(place)).isDirectory()) {
      await access(place, constants.W_OK)
      return null
    }
    await tryWriting(place)
    return null
  } catch (error) {
    return problemOf(error).message
  }
}

async function run(config: PermissionsConfig, { step }: CheckContext): Promise<CheckResult> {
  const paths = config.paths ?? step.paths
  if (paths.length === 0) return failed('permissions was given no place to look at', 'Name some as "paths".')
  const refused: { path: string; message: string }[] = []
  for (const path of paths) {
    const message = await refusalAt(path)
    if (message !== null) refused.push({ path, message })
  }
  const [first] = refused
  if (first === undefined) return passed({ paths: [...paths] })
  const hint = 'Run belay as root, or give its user the right to write there.'
  return failed(`${first.path} cannot be written: ${first.message}`, hint, { refused })
}

/** Belay can write where the update writes. Asked once. */
export function permissionsCheck(): Check<PermissionsConfig> {
  return {
    kind: 'permissions',
    config: permissionsSchema,
    describe: () => 'the places that it writes to are writable',
    timeoutMs: () => 0,
    run,
  }
}
