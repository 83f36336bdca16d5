import type { ZodType } from 'zod'
import { fail } from '../core/model/problem.ts'
import type { Spec } from '../core/model/names.ts'
import type { Adapters } from '../ports/adapters.ts'
import type { Backup } from '../ports/backup.ts'
import type { Check } from '../ports/check.ts'
import type { Probe } from '../ports/probe.ts'
import type { ServiceKind } from '../ports/service.ts'
import type { Source } from '../ports/source.ts'
import type { Strategy } from '../ports/strategy.ts'
import type { TrafficKind } from '../ports/traffic.ts'

/** How each kind's code is loaded: at first use, so that a command pays only for what it touches. */
export type Loaders<T> = Readonly<Record<string, () => Promise<T>>>

export interface AdapterLoaders {
  readonly sources: Loaders<Source<unknown>>
  /** What stands in for any of them: no kind that a config names. */
  readonly bundle: () => Promise<Source<unknown>>
  readonly strategies: Loaders<Strategy<unknown>>
  readonly services: Loaders<ServiceKind<unknown>>
  readonly checks: Loaders<Check<unknown>>
  readonly backups: Loaders<Backup<unknown>>
  readonly probes: Loaders<Probe<unknown>>
  readonly traffic: Loaders<TrafficKind<unknown>>
}

/** Opens adapters from specs: finds the kind, loads it, parses the spec with the adapter's own schema. */
export function openAdapters(loaders: AdapterLoaders): Adapters {
  const sources = { ...loaders.sources, bundle: loaders.bundle }
  return {
    bundled: async (spec, file) => {
      const { openBundle } = await import('../host/bundle/read.ts')
      const { digest } = await openBundle(file)
      return { ...spec, bundle: { file, digest } }
    },
    async source(spec) {
      const { kind, config } = await openAs(sources, standsIn(spec), 'source')
      return {
        describe: kind.describe(config),
        list: (options) => kind.list(config, options),
        pin: async (release, signal) => (await kind.pin?.(config, release, signal)) ?? release,
        tree: (release, signal) => {
          if (kind.tree !== undefined) return kind.tree(config, release, signal)
          throw fail('E_USAGE', `The source ${spec.type} knows no single files.`, {
            hint: 'The strategy files needs source: { type: github-tree, … }.',
          })
        },
        parts: async (release, signal) => (await kind.parts?.(config, release, signal)) ?? null,
        credentials: async (signal) => (await kind.credentials?.(config, signal)) ?? null,
        atRoot: async (release, name, signal) => (await kind.atRoot?.(config, release, name, signal)) ?? null,
        open: (artifact, offset, signal) => kind.open(config, artifact, offset, signal),
      }
    },
    async strategy(spec) {
      const { kind, config } = await openAs(loaders.strategies, spec, 'strategy')
      return {
        describe: kind.describe(config),
        ahead: async (context) => kind.ahead?.(config, context),
        inspect: (context) => kind.inspect(config, context),
        contains: async (now, release, context) => (await kind.contains?.(config, now, release, context)) ?? false,
        files: async (now, release, context) => (await kind.files?.(config, now, release, context)) ?? null,
        update: (now, to, context) => kind.update(config, now, to, context),
        back: (now, to, context) => kind.back(config, now, to, context),
        trial: async (now, context) => (await kind.trial?.(config, now, context)) ?? null,
        adopt: (now, context) => kind.adopt(config, now, context),
        forget: (now, context) => kind.forget(config, now, context),
      }
    },
    async service(ref) {
      const { kind, config } = await openAs(loaders.services, ref.spec, 'service')
      const { guard } = kind
      return {
        ...kind.open(config, ref),
        describe: kind.describe(config),
        resource: kind.resource(config),
        guard:
          guard === null
            ? null
            : {
                install: (resume) => guard.install(config, resume),
                installed: () => guard.installed(config),
                remove: () => guard.remove(config),
              },
      }
    },
    async check(spec) {
      const { kind, config } = await openAs(loaders.checks, spec, 'check')
      return {
        describe: kind.describe(config),
        timeoutMs: kind.timeoutMs(config),
        run: (context, signal) => kind.run(config, context, signal),
      }
    },
    async backup(spec) {
      const { kind, config } = await openAs(loaders.backups, spec, 'data')
      return {
        kind: kind.kind,
        describe: kind.describe(config),
        source: kind.source(config),
        paths: kind.paths(config),
        needBytes: () => kind.needBytes(config),
        create: (input) => kind.create(config, input),
        verify: (ref) => kind.verify(config, ref),
        restore: (ref, signal) => kind.restore(config, ref, signal),
        unrestore: (ref, signal) => kind.unrestore(config, ref, signal),
        keptAs: async (aside) => (await kind.keptAs?.(config, aside)) ?? null,
        discard: async (aside, signal) => kind.discard?.(config, aside, signal),
      }
    },
    async probe(ref) {
      const { kind, config } = await openAs(loaders.probes, ref.spec, 'version')
      return { live: kind.live, read: (signal) => kind.read(config, ref, signal) }
    },
    async inSlot(ref, slot, port) {
      const { kind, config } = await openAs(loaders.services, ref.spec, 'service')
      const spec =
        kind.inSlot?.(config, slot, port) ??
        `A service of the type ${ref.spec.type} cannot run twice: use systemd or process.`
      if (typeof spec !== 'string') return { ...ref, spec }
      throw fail('E_SLOT_UNFIT', spec, { hint: 'The guide of zero downtime has an example for each kind of service.' })
    },
    async traffic(ref) {
      const { kind, config } = await openAs(loaders.traffic, ref.spec, 'traffic')
      return {
        ...kind.open(config, ref),
        kind: kind.kind,
        describe: kind.describe(config),
        abilities: kind.abilities(config),
        resource: kind.resource(config),
        complaints: async (signal) => (await kind.complaints?.(config, ref, signal)) ?? [],
      }
    },
  }
}

/** What a spec that comes from a bundle is opened as. No config has one: only `bundled` makes it. */
function standsIn({ bundle, ...of }: Spec): Spec {
  return bundle === undefined ? of : { type: 'bundle', bundle, of }
}

/** The kind that a spec names, and the spec as its schema reads it. E_CONFIG_INVALID where either is wrong. */
export async function openAs<T extends { readonly config: ZodType }>(
  loaders: Loaders<T>,
  spec: Spec,
  what: string,
): Promise<{ kind: T; config: unknown }> {
  const load = Object.hasOwn(loaders, spec.type) ? loaders[spec.type] : undefined
  if (load === undefined) {
    throw fail('E_CONFIG_INVALID', `There is no ${what} of the type ${spec.type} in this version of belay.`, {
      hint: `It knows: ${Object.keys(loaders).join(', ')}.`,
    })
  }
  const kind = await load()
  const parsed = kind.config.safeParse(spec)
  if (parsed.success) return { kind, config: parsed.data }
  const issue = parsed.error.issues[0]
  throw fail(
    'E_CONFIG_INVALID',
    `${what} ${spec.type}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not valid'}`,
    {
      hint: 'Correct it in the config: belay validate.',
    },
  )
}
