import { z } from 'zod'
import { componentNameSchema } from '../../core/model/names.ts'
import { durationSchema, parseDuration, sizeSchema } from '../units.ts'
import { accessFields } from './access.ts'
import type { ConfigRule } from './finding.ts'
import { channelNameSchema } from './channels.ts'
import { type KindSchemas, probeOf, specOf } from './spec.ts'
import { tracesField } from './traces.ts'
import { trustSchema } from './trust.ts'

/** The schemas of every adapter that this program has, by port and kind. `main` makes it. */
export interface Kinds {
  readonly sources: KindSchemas
  /** A strategy that has a service gets `specOf('service', services)` for it. */
  readonly strategies: KindSchemas
  readonly services: KindSchemas
  readonly checks: KindSchemas
  readonly backups: KindSchemas
  readonly probes: KindSchemas
  readonly notifiers: KindSchemas
  readonly traffic: KindSchemas
  /** Those about keys that the config does not have may be left out: they load what reads versions and calendars. */
  readonly rules: readonly ConfigRule[]
}

const listMax = 100
const path = z.string().min(1).max(4096)

const everyMsMin = 10_000
const channelsMax = 50

/** A component says only what is another for it than for the others. */
function scheduleSchemas() {
  const every = z
    .string()
    .refine((text) => text === 'off' || parseDuration(text) !== null || text.trim().split(/\s+/).length === 5, {
      message: 'write a duration like 24h, a cron line like "0 3 * * *", or off',
    })
    .refine((text) => (parseDuration(text) ?? everyMsMin) >= everyMsMin, { message: 'write 10s or more, or off' })
  const about = {
    every: 'How often sources are asked: a duration, a cron line such as "0 3 * * *", or off.',
    after_start: 'How long after the start of the agent nothing is asked.',
    jitter: 'At most so much is added, so that not all hosts ask at once.',
    cache: 'How old an answer of a source may be until it is asked again.',
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

/** The endpoints of updaters that knew one application. */
function forOne(place: string): string {
  return `The component that ${place} speaks for. Left out: the only one there is.`
}

function agentSchema(kinds: Kinds) {
  return z.strictObject({
    state: path
      .optional()
      .describe("The folder of Belay's own state. Left out: /var/lib/belay, without root $XDG_STATE_HOME/belay."),
    listen: z
      .string()
      .regex(
        /^(?:off|(?:\[[0-9a-fA-F:]+\]|[^\s:[\]/]+):\d{1,5})$/,
        'write address and port, such as 127.0.0.1:8484, or off',
      )
      .refine((text) => !(Number(text.slice(text.lastIndexOf(':') + 1)) > 65_535), 'ports end at 65535')
      .default('127.0.0.1:8484')
      .describe('Where the API and the page answer, or off.'),
    tls: z
      .strictObject({
        cert: path.describe('The PEM file of the certificate and those between it and its authority.'),
        key: path.describe('The PEM file of its private key.'),
      })
      .optional()
      .describe('Answers over https. Left out: plain http, which is for this host alone or for behind a proxy.'),
    ...accessFields(),
    check: scheduleSchemas().usual.prefault({}),
    log: z
      .strictObject({
        file: path
          .optional()
          .describe('The log file. Left out, or not writable: logs/updates.log of the state folder.'),
        level: z
          .enum(['debug', 'info', 'warn', 'error'])
          .default('info')
          .describe('What is logged: this and all that is worse.'),
        rotate: z
          .strictObject({
            size: sizeSchema.prefault('10MB').describe('How large the file grows until a new one is begun.'),
            keep: z.int().min(0).max(1000).default(5).describe('How many old ones are kept.'),
          })
          .prefault({})
          .describe('When a new log file is begun.'),
      })
      .prefault({})
      .describe('The log: one JSON object for each line.'),
    allow_http: z
      .array(z.string().regex(/^[^\s/@]+$/, 'write a host name or address alone, without http://'))
      .max(listMax)
      .default([])
      .describe('Hosts that sources and notifiers may reach over plain http.'),
    notify: z
      .record(channelNameSchema, specOf('channel', kinds.notifiers))
      .refine((channels) => Object.keys(channels).length <= channelsMax, `at most ${channelsMax} channels`)
      .default({})
      .describe('Whom messages are sent to, by a name that you choose.'),
    traces: tracesField(),
    compat: z
      .strictObject({
        system: componentNameSchema.optional().describe(forOne('/api/system')),
        enterprise: componentNameSchema.optional().describe(forOne('/api/enterprise')),
        helpdesk: componentNameSchema.optional().describe(forOne('/admin/updates')),
      })
      .prefault({})
      .describe('Which component the one-application endpoints speak for.'),
  })
}

function policySchema() {
  return z.strictObject({
    auto: z
      .enum(['none', 'patch', 'minor', 'all'])
      .default('none')
      .describe('How large a step is installed without being asked.'),
    window: z
      .strictObject({
        cron: z.string().min(1).max(200).describe('When it opens, as a cron line: "0 2 * * *".'),
        duration: durationSchema
          .refine((ms) => ms > 0, 'a window must have a length')
          .describe('How long it stays open.'),
        timezone: z
          .string()
          .min(1)
          .max(100)
          .optional()
          .describe("The time zone of cron, such as Europe/Rome. Left out: this host's own."),
      })
      .optional()
      .describe('When updates may start; --now overrides it. Left out: at any time.'),
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

function componentSchema(kinds: Kinds) {
  const checks = z.array(specOf('check', kinds.checks)).max(listMax).optional()
  const before =
    'Asked before anything is changed; one that fails refuses the update. Left out: disk_space, network, permissions, service_running.'
  const after =
    'Asked of the new version; one that fails puts the old one back. Left out: what fits, such as service_active and version_check.'
  return z.strictObject({
    source: specOf('source', kinds.sources).describe('Where releases come from.'),
    strategy: specOf('strategy', kinds.strategies).describe('How it is installed.'),
    version: probeOf(kinds.probes, true)
      .optional()
      .describe('How the installed version is read, and how the project counts.'),
    build_date: probeOf(kinds.probes, false)
      .optional()
      .describe(
        "How the day that the installed version was built on is read, as under version. Left out: its release's date.",
      ),
    aliases: z.array(componentNameSchema).max(listMax).default([]).describe('Other names that it answers to.'),
    data: z
      .array(specOf('kind of data', kinds.backups))
      .max(listMax)
      .default([])
      .describe('What is backed up before an update.'),
    checks: z
      .strictObject({ before: checks.describe(before), after: checks.describe(after) })
      .prefault({})
      .describe('What decides whether an update begins, and whether it stays.'),
    policy: policySchema().prefault({}).describe('What is installed, and when.'),
    trust: trustSchema().prefault({}),
    manifest: z
      .enum(['optional', 'required', 'ignore'])
      .default('optional')
      .describe(
        'What an update manifest counts. optional: a missing or refused one is reported; required: it stops the update.',
      ),
    backups: z
      .strictObject({
        keep: z.int().min(1).max(1000).default(5).describe('How many are kept, the newest ones.'),
        keep_for: durationSchema
          .optional()
          .describe('Those that are older go, too; the newest always stays. Left out: age does not count.'),
        path: z
          .array(path)
          .max(listMax)
          .default([])
          .describe(
            'Folders; the first that can be written and has room is used. Empty: backups of the state folder, /var/backups/belay, /opt/.backups.',
          ),
        copies: z
          .array(path)
          .max(listMax)
          .default([])
          .describe('Folders that each get a copy; one that cannot be written is a warning.'),
      })
      .prefault({})
      .describe('Where backups of its data go, and how long they stay.'),
    requires: z
      .record(z.string(), z.string().min(1).max(200))
      .default({})
      .describe(
        'Components, or agent for Belay itself, and the versions that they must have first: { core: ">=1.2" }.',
      ),
    check: scheduleSchemas().own.prefault({}),
  })
}

/** The whole file. Building it takes time: call it once. */
export function configSchema(kinds: Kinds) {
  return z.strictObject({
    version: z.literal(1).describe('The version of this format: 1.'),
    agent: agentSchema(kinds).prefault({}).describe('What holds for this host.'),
    components: z.record(componentNameSchema, componentSchema(kinds)).describe('What is kept up to date, by name.'),
  })
}

export type ConfigFile = z.infer<ReturnType<typeof configSchema>>
export type ComponentFile = ConfigFile['components'][keyof ConfigFile['components']]
