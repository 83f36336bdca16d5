import { parseReference } from '../../core/image/reference.ts'
import { runningTag, versionOfTag } from '../../core/image/running.ts'
import { openEngine } from '../../host/containers/open.ts'
import { standing } from '../../host/containers/standing.ts'
import type { Probe } from '../../ports/probe.ts'
import { type ImageProbeConfig, imageProbeSchema } from './schema.ts'

/**
 * The version of the image that containers run (D10): what is written in a file may never have been started. Services
 * that do not agree have no version.
 */
export function imageProbe(): Probe<ImageProbeConfig> {
  return {
    kind: 'image',
    config: imageProbeSchema,
    describe: ({ services }) => `the image of ${services.join(', ')}`,
    live: true,
    async read({ engine: host, project, services, moving }, _ref, signal) {
      const engine = await openEngine({ host, signal })
      const found = await Promise.all(services.map((service) => engine.containers(project, service, signal)))
      const versions = new Set<string | null>()
      for (const { imageId, imageReference } of standing(found.flat())) {
        const reference = parseReference(imageReference)
        const image = await engine.image(imageId, signal)
        const tag = reference === null ? null : runningTag(reference, image?.digests ?? [], moving)
        versions.add(tag === null ? null : versionOfTag(tag))
      }
      const [version] = versions
      return versions.size === 1 ? (version ?? null) : null
    },
  }
}
