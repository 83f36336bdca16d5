import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { componentNameSchema, digestSchema, runIdSchema, type Spec } from '../../core/model/names.ts'
import { type Problem, problem } from '../../core/model/problem.ts'
import type { VerifiedRelease } from '../../core/model/release.ts'
import { noProofs, verifyDemand } from '../../core/trust/demand.ts'
import { down } from '../../host/check-context.fixture.ts'
import type { Installed, Phases, StrategyContext } from '../../ports/strategy.ts'
import { inspect } from './inspect.ts'
import { type DirectoryConfig, directorySchema } from './schema.ts'

/** What tests of this strategy share. Not part of the product. */

export const run = runIdSchema.parse('r-00000001')

const spec = z.object({ type: z.string() }).catchall(z.json())
const schema = directorySchema(spec, spec)

export function configOf(
  path: string,
  more: Omit<Partial<z.input<typeof schema>>, 'type' | 'path'> = {},
): DirectoryConfig {
  return schema.parse({ type: 'directory', path, ...more })
}

export const service: Spec = { type: 'systemd', unit: 'app' }

/** Reads the version as the probe of files would: from VERSION in the tree. */
export function contextOf(more: Partial<StrategyContext> = {}): StrategyContext {
  return {
    component: componentNameSchema.parse('app'),
    run,
    runDir: '/state/runs/r-00000001',
    cacheDir: '/state/cache',
    probeSpec: { type: 'file', file: 'VERSION' },
    scheme: 'auto',
    readVersion: ({ dir }) =>
      readFile(join(dir, 'VERSION'), 'utf8').then(
        (text) => text.trim(),
        () => null,
      ),
    inspectService: async () => down,
    relocation: async () => null,
    service: () => Promise.reject(new Error('asked of two slots alone')),
    inSlot: () => Promise.reject(new Error('asked of two slots alone')),
    traffic: () => Promise.reject(new Error('asked of two slots alone')),
    keep: 3,
    once: (_, work) => work(),
    source: { type: 'http' },
    data: [],
    tree: () => Promise.reject(new Error('a directory asks for no single files')),
    releases: () => Promise.resolve([]),
    signal: new AbortController().signal,
    ...more,
  }
}

/** Looks at the disk as it is. */
export function look(config: DirectoryConfig, more: Partial<StrategyContext> = {}): Promise<Installed> {
  return inspect(config, contextOf(more))
}

export function releaseOf(version: string): VerifiedRelease {
  const digest = digestSchema.parse(`sha256:${'a'.repeat(64)}`)
  const artifact = { name: `app-${version}.tar.gz`, url: 'https://x.test/a', bytes: 1000, digest }
  const release = {
    version,
    tag: `v${version}`,
    title: null,
    notes: null,
    url: null,
    publishedAt: null,
    prerelease: false,
    artifact,
    checksums: [],
    assets: [artifact.name],
  }
  const verified = verifyDemand({ release, artifact, required: 'checksum', stated: null, proofs: noProofs })
  if ('code' in verified) throw new Error(verified.message)
  return verified
}

/** The phases, when the strategy did not refuse. */
export function planned(phases: Phases | Problem): Phases {
  if ('code' in phases) throw new Error(`refused: ${phases.message}`)
  return phases
}

/** The refusal, when it did. */
export function refused(phases: Phases | Problem): Problem {
  return 'code' in phases ? phases : problem('E_INTERNAL', 'it was not refused')
}
