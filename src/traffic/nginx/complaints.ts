import { BelayError } from '../../core/model/problem.ts'
import type { TrafficRef } from '../../core/plan/step.ts'
import { recipe } from './failures.ts'
import { addressesOf, dumpOf, servedOf } from './runtime.ts'
import { type NginxConfig, placesOf } from './schema.ts'

/** Reads only. */
export async function complaints(
  config: NginxConfig,
  ref: TrafficRef,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const { shares, persisted } = await servedOf(config, ref, signal)
    const seen = shares.green === persisted.green
    const unseen = `The workers of nginx do not see ${placesOf(config).now}: their user must be able to enter that folder.`
    return [...(seen ? [] : [unseen]), ...aboutDump(config, ref, await dumpOf(config, signal))]
  } catch (error) {
    if (!(error instanceof BelayError)) throw error
    return [`${error.problem.message}. ${error.problem.hint}`]
  }
}

function aboutDump(config: NginxConfig, ref: TrafficRef, dump: string | null): readonly string[] {
  const { upstream, program } = config
  if (dump === null) return [`"${[...program, '-T'].join(' ')}" does not show the config of nginx: run it to see why.`]
  const text = dump.replaceAll(/^\s*#.*$/gm, '')
  const chosen = text.includes(`if (-f ${placesOf(config).now}/$${upstream}_bucket)`)
  const used = new RegExp(`\\b\\w+_pass\\s+(?:\\w+://)?\\$${upstream}[\\s/;]`).test(text)
  const cached = /\bopen_file_cache\s+(?!off\b)/.test(text)
  const passes = `"proxy_pass http://$${upstream};"`
  return [
    ...(chosen && used
      ? []
      : [
          `Nothing in nginx passes to the upstream ${upstream} by ${passes}. ${recipe(config, addressesOf(config, ref))}`,
        ]),
    ...(cached
      ? ['nginx keeps what it knows of files (open_file_cache): write "open_file_cache off;" into the server section.']
      : []),
  ]
}
