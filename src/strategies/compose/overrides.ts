import { resolve } from 'node:path'
import type { Container } from '../../host/containers/types.ts'
import { type ComposeConfig, listOf } from './schema.ts'

/**
 * What was brought up with an override file beside the one in the config would lose what stands there: with `-f`, compose
 * reads only what is named.
 */
export function overrideWarnings(containers: readonly Container[], config: ComposeConfig): readonly string[] {
  const named = new Set(listOf(config.file).map((file) => resolve(file)))
  const used = containers.flatMap(({ configFiles, workingDir }) =>
    configFiles.map((file) => resolve(workingDir ?? '/', file)),
  )
  const lost = [...new Set(used)].filter((file) => !named.has(file))
  // Brought up from another place altogether: a moved folder, another host's paths.
  if (lost.length === 0 || used.every((file) => !named.has(file))) return []
  return [
    `What runs was brought up with ${lost.join(', ')} too, which strategy.file does not name: add it there, or its settings go with this update.`,
  ]
}
