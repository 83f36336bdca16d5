import { stat } from 'node:fs/promises'
import { failed, passed } from '../../host/check-result.ts'
import { nearest } from '../../host/tree/mounts.ts'
import { freeBytes } from '../../host/tree/places.ts'
import type { Check, CheckContext, CheckResult } from '../../ports/check.ts'
import { type DiskSpaceConfig, diskSpaceSchema } from './schema.ts'

const mebibyte = 1024 * 1024

async function run(config: DiskSpaceConfig, { step }: CheckContext): Promise<CheckResult> {
  const asked = config.path === undefined ? step.paths : [config.path]
  const neededMb = Math.max(config.minimum_mb, Math.ceil(step.needBytes / mebibyte))
  const seen = new Map<number, { path: string; free_mb: number }>()
  for (const path of asked) {
    // What is not there yet will be made in the nearest folder above it.
    const place = nearest(path)
    const { dev } = await stat(place)
    if (!seen.has(dev)) seen.set(dev, { path: place, free_mb: Math.floor(freeBytes(place) / mebibyte) })
  }
  const places = [...seen.values()]
  const facts = { needed_mb: neededMb, places }
  if (places.length === 0) return failed('disk_space was given no place to look at', 'Name one as "path".', facts)
  const short = places.find((place) => place.free_mb < neededMb)
  if (short === undefined) return passed(facts)
  const message = `only ${short.free_mb} MB are free at ${short.path}, ${neededMb} MB are needed`
  return failed(message, 'Free some space there: old backups, logs, packages.', facts)
}

/** Room on the file systems that the update really writes to (not on `/` whatever the target). Asked once. */
export function diskSpaceCheck(): Check<DiskSpaceConfig> {
  return {
    kind: 'disk_space',
    config: diskSpaceSchema,
    describe: ({ minimum_mb }) => `disk space ${minimum_mb} MB`,
    timeoutMs: () => 0,
    run,
  }
}
