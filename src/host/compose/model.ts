import { z } from 'zod'
import type { ComposeProgram } from './program.ts'

/** A project as compose resolved it, as far as we ask. */
export interface ComposeModel {
  readonly program: ComposeProgram
  /** As the program says it; docker-compose of the first generation does not. */
  readonly name: string | null
  readonly services: ReadonlyMap<string, ComposeService>
  /** Key in the file → its name for the engine, null where that is the key behind the project's name. */
  readonly volumes: ReadonlyMap<string, { readonly name: string | null; readonly external: boolean }>
  /** What compose warned of, such as variables that are not set. */
  readonly warnings: readonly string[]
}

export interface ComposeService {
  readonly image: string | null
  readonly built: boolean
  readonly profiles: readonly string[]
  readonly dependsOn: readonly { readonly service: string; readonly condition: string }[]
  readonly stopGraceMs: number | null
  readonly stopSignal: string | null
  /** Whether the file sets one; an image may have its own. `disabled`: not even that one runs. */
  readonly healthcheck: 'none' | 'set' | 'disabled'
  readonly mounts: readonly ComposeMount[]
  readonly networkMode: string | null
}

/** `source`: a path for `bind`, a key of `volumes` for `volume`; null: an anonymous one. */
export interface ComposeMount {
  readonly type: string
  readonly source: string | null
  readonly target: string
}

/** Whole milliseconds of a duration as Go writes it (`1m30s`, `500ms`); null for anything else. */
export function parseGoDuration(text: string): number | null {
  const units: Readonly<Record<string, number>> = {
    h: 3_600_000,
    m: 60_000,
    s: 1000,
    ms: 1,
    us: 1e-3,
    µs: 1e-3,
    ns: 1e-6,
  }
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)]
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text) return null
  return Math.round(parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0), 0))
}

const text = z.string().max(64 * 1024)
const listMax = 1000

const durationSchema = z
  .union([text, z.number()])
  .transform((value) => parseGoDuration(typeof value === 'string' ? value : `${value}s`))

const dependsSchema = z.union([
  z
    .array(text)
    .max(listMax)
    .transform((names) => names.map((service) => ({ service, condition: 'service_started' }))),
  z
    .record(text, z.object({ condition: text.optional() }).nullish())
    .transform((all) =>
      Object.entries(all).map(([service, it]) => ({ service, condition: it?.condition ?? 'service_started' })),
    ),
])

const mountSchema = z.union([
  text.transform(parseMount),
  z
    .object({ type: text, source: text.nullish(), target: text })
    .transform(({ type, source, target }): ComposeMount => ({ type, source: source ?? null, target })),
])

const serviceSchema = z
  .object({
    image: text.nullish(),
    build: z.unknown().optional(),
    profiles: z.array(text).max(listMax).nullish(),
    depends_on: dependsSchema.nullish(),
    stop_grace_period: durationSchema.nullish(),
    stop_signal: text.nullish(),
    healthcheck: z.object({ disable: z.boolean().optional(), test: z.unknown().optional() }).nullish(),
    volumes: z.array(mountSchema).max(listMax).nullish(),
    network_mode: text.nullish(),
  })
  .transform(
    (it): ComposeService => ({
      image: it.image ?? null,
      built: it.build !== undefined && it.build !== null,
      profiles: it.profiles ?? [],
      dependsOn: it.depends_on ?? [],
      stopGraceMs: it.stop_grace_period ?? null,
      stopSignal: it.stop_signal ?? null,
      healthcheck: healthcheckOf(it.healthcheck ?? null),
      mounts: it.volumes ?? [],
      networkMode: it.network_mode ?? null,
    }),
  )

const volumeSchema = z
  .object({ name: text.nullish(), external: z.union([z.boolean(), z.object({ name: text.optional() })]).nullish() })
  .nullish()
  .transform((it) => {
    const external = it?.external ?? false
    return {
      name: it?.name ?? (typeof external === 'object' ? (external.name ?? null) : null),
      external: external !== false,
    }
  })

/** What `config` prints. */
export const modelSchema = z.object({
  name: text.nullish().transform((name) => name ?? null),
  services: z
    .record(text, serviceSchema)
    .nullish()
    .transform((all) => new Map(Object.entries(all ?? {}))),
  volumes: z
    .record(text, volumeSchema)
    .nullish()
    .transform((all) => new Map(Object.entries(all ?? {}))),
})

/** The short spelling: `/host:/in:ro`, `name:/in`, `/in`. */
function parseMount(written: string): ComposeMount {
  const [source = '', target] = written.split(':')
  if (target === undefined) return { type: 'volume', source: null, target: source }
  return { type: /^[./~]/.test(source) ? 'bind' : 'volume', source, target }
}

function healthcheckOf(it: { readonly disable?: boolean | undefined; readonly test?: unknown } | null) {
  if (it === null) return 'none'
  const test = Array.isArray(it.test) ? it.test[0] : it.test
  return it.disable === true || test === 'NONE' ? 'disabled' : 'set'
}
