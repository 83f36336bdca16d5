import { z } from 'zod'
import { componentNameSchema } from '../../core/model/names.ts'
import { rungs } from '../../core/model/release.ts'
import { durationSchema, parseDuration, sizeSchema } from '../units.ts'
import type { ConfigRule } from './finding.ts'
import { type KindSchemas, probeOf, specOf } from './spec.ts'

/** The schemas of every adapter that this program has, by port and kind. `main` makes it. */
export interface Kinds {
  readonly sources: KindSchemas
  /** A strategy that has a service gets `specOf('service', services)` for it. */
  readonly strategies: KindSchemas
  readonly services: KindSchemas
  readonly checks: KindSchemas
  readonly backups: KindSchemas
  readonly probes: KindSchemas
  /** Those about keys that the config does not have may be left out: they load what reads versions and calendars. */
  readonly rules: readonly ConfigRule[]
}

const listMax = 100
const path = z.string().min(1).max(4096)

const everyMsMin = 10_000

/** A component says only what is another for it than for the others. */
function scheduleSchemas() {
  const every = z
    .string()
    .refine((text) => text === 'off' || parseDuration(text) !== null || text.trim().split(/\s+/).length === 5, {
      message: 'write a duration like 24h, a cron line like "0 3 * * *", or off',
    })
    .refine((text) => (parseDuration(text) ?? everyMsMin) >= everyMsMin, { message: 'write 10s or more, or off' })
  const about = {
    every: 'A duration, a cron line, or off.',
    after_start: 'Nothing is asked sooner after the start of the agent.',
    jitter: 'At most so much is added, by chance, so that not all hosts ask at once.',
    cache: 'How old an answer of the source may be.',
  }
  const described = 'When the sources are asked.'
  const usual = z
    .strictObject({
      every: every.default('24h').describe(about.every),
      after_start: durationSchema.prefault('5m').describe(about.after_start),
      jitter: durationSchema.prefault('10m').describe(about.jitter),
      cache: durationSchema.prefault('1h').describe(about.cache),
    })
    .describe(described)
  const own = z
    .strictObject({
      every: every.optional().describe(about.every),
      after_start: durationSchema.optional().describe(about.after_start),
      jitter: durationSchema.optional().describe(about.jitter),
      cache: durationSchema.optional().describe(about.cache),
    })
    .describe(`${described} What is left out is as under agent.`)
  return { usual, own }
}

function agentSchema() {
  return z.strictObject({
    state: path.optional().describe("The folder of Belay's own state. Default: /var/lib/belay."),
    listen: z
      .string()
      .regex(/^(?:\[[0-9a-fA-F:]+\]|[^\s:[\]/]+):\d{1,5}$/, 'write address and port, such as 127.0.0.1:8484')
      .default('127.0.0.1:8484')
      .describe('Where the API and the page answer.'),
    tls: z.strictObject({ cert: path, key: path }).optional().describe('Files of the certificate and its key.'),
    check: scheduleSchemas().usual.prefault({}),
    log: z
      .strictObject({
        file: path.optional(),
        level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
        rotate: z
          .strictObject({ size: sizeSchema.prefault('10MB'), keep: z.int().min(0).max(1000).default(5) })
          .prefault({}),
      })
      .prefault({}),
    allow_http: z
      .array(z.string().regex(/^[^\s/@]+$/, 'write a host name or address alone, without http://'))
      .max(listMax)
      .default([])
      .describe('Hosts that sources and notifiers may reach over plain http.'),
    compat: z
      .strictObject({
        system: componentNameSchema.optional(),
        enterprise: componentNameSchema.optional(),
        helpdesk: componentNameSchema.optional(),
      })
      .prefault({})
      .describe('Which component the one-application endpoints speak for.'),
  })
}

function policySchema() {
  return z.strictObject({
    auto: z.enum(['none', 'patch', 'minor', 'all']).default('none').describe('What is installed without being asked.'),
    window: z
      .strictObject({
        cron: z.string().min(1).max(200),
        duration: durationSchema.refine((ms) => ms > 0, 'a window must have a length'),
        timezone: z.string().min(1).max(100).optional(),
      })
      .optional()
      .describe('When updates may start by themselves.'),
    soak: durationSchema
      .prefault('0s')
      .describe('How long the new version must stay healthy before it counts as installed.'),
    min_age: durationSchema.prefault('0s').describe('How old a release must be before it is offered.'),
    hold: z
      .array(z.string().min(1).max(200))
      .max(listMax)
      .default([])
      .describe('Versions that are not installed, such as "1.2.*" or ">=2".'),
  })
}

function trustSchema() {
  return z
    .strictObject({ require: z.enum(rungs).optional(), checksum: z.literal('required').optional() })
    .refine(({ require, checksum }) => require === undefined || checksum === undefined, {
      message: 'require and checksum say the same: keep require',
      path: ['checksum'],
    })
    .describe('The lowest proof that a download needs. Default: checksum, and tls for the generated source archives.')
}

function componentSchema(kinds: Kinds) {
  const checks = z.array(specOf('check', kinds.checks)).max(listMax).optional()
  return z.strictObject({
    source: specOf('source', kinds.sources).describe('Where releases come from.'),
    strategy: specOf('strategy', kinds.strategies).describe('How it is installed.'),
    version: probeOf(kinds.probes, true)
      .optional()
      .describe('How the installed version is read, and how the project counts.'),
    build_date: probeOf(kinds.probes, false).optional().describe("Default: the release's date."),
    aliases: z.array(componentNameSchema).max(listMax).default([]),
    data: z
      .array(specOf('kind of data', kinds.backups))
      .max(listMax)
      .default([])
      .describe('What is backed up before an update.'),
    checks: z.strictObject({ before: checks, after: checks }).prefault({}),
    policy: policySchema().prefault({}),
    trust: trustSchema().prefault({}),
    manifest: z.enum(['optional', 'required', 'ignore']).default('optional'),
    backups: z
      .strictObject({
        keep: z.int().min(1).max(1000).default(5).describe('How many are kept, newest first.'),
        keep_for: durationSchema.optional().describe('Older ones go, too; the newest always stays.'),
        path: z.array(path).max(listMax).default([]).describe('The first that can be written and has room is used.'),
        copies: z.array(path).max(listMax).default([]).describe('Every one gets a copy.'),
      })
      .prefault({}),
    requires: z
      .record(z.string(), z.string().min(1).max(200))
      .default({})
      .describe('Components and the versions that they must have first.'),
    check: scheduleSchemas().own.prefault({}),
  })
}

/** The whole file. Building it takes time: call it once. */
export function configSchema(kinds: Kinds) {
  return z.strictObject({
    version: z.literal(1).describe('The version of this format: 1.'),
    agent: agentSchema().prefault({}),
    components: z.record(componentNameSchema, componentSchema(kinds)).describe('What is kept up to date, by name.'),
  })
}

export type ConfigFile = z.infer<ReturnType<typeof configSchema>>
export type ComponentFile = ConfigFile['components'][keyof ConfigFile['components']]
