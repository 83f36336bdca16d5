import { z } from 'zod'
import type { Spec } from '../../core/model/names.ts'
import type { Identity, SlotAddress } from '../../core/plan/step.ts'
import type { TrafficSettings } from '../../core/traffic/settings.ts'
import { durationSchema } from '../units.ts'

const listMax = 20
const port = z.int().min(1).max(65_535)
const hostAndPort = z.string().regex(/^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):\d{1,5}$/, 'write a port, or host:port')
const address = z.union([port, hostAndPort])
const path = z.string().max(2000).regex(/^\//, 'write a path such as /health')

const identity = z
  .strictObject({
    header: z.string().min(1).max(100).optional().describe('A header of the answer, such as X-Version.'),
    json: z
      .string()
      .regex(/^(\/[^/]*)*$/, 'a JSON pointer looks like /version')
      .optional()
      .describe('A JSON pointer into the answer, such as /version.'),
    pattern: z.string().min(1).max(500).optional().describe('A regular expression; its first group is the version.'),
  })
  .refine((forms) => Object.keys(forms).length === 1, 'name one of header, json and pattern')

/** The keys that every kind of traffic has, besides its own. Each kind spreads them into its schema. */
export const trafficKeys = {
  front: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('The address that people use; there it is verified that the new version answers.'),
  slots: z
    .strictObject({
      blue: address.describe('Where the slot blue listens.'),
      green: address.describe('Where the slot green listens.'),
    })
    .refine(({ blue, green }) => blue !== green, 'each slot needs a port of its own')
    .optional()
    .describe('Where each slot listens, behind the proxy: a port of this host, or host:port.'),
  ready: z
    .strictObject({
      path: path.optional().describe('What a slot is asked at its own port. Left out: it must accept a connection.'),
      timeout: durationSchema.prefault('60s').describe('How long a new version may take until it is ready.'),
    })
    .prefault({})
    .describe('When a new version counts as ready, before anybody is sent to it.'),
  warm_up: z.array(path).max(listMax).default([]).describe('Paths that are asked of a new version before anybody is.'),
  identify: identity.optional().describe('How an answer at the front door tells which version gave it.'),
  verify: z
    .strictObject({
      times: z.int().min(1).max(1000).default(5).describe('How often in a row the new version must have answered.'),
      timeout: durationSchema.prefault('30s').describe('How long that may take.'),
    })
    .prefault({})
    .describe('What must be seen at the front door before the old version is let go.'),
  drain: z
    .strictObject({
      requests: durationSchema.prefault('30s').describe('How long the old version may take to finish its requests.'),
      streams: durationSchema
        .prefault('10m')
        .describe('How long connections that last, such as WebSockets, stay with the old version.'),
    })
    .prefault({})
    .describe('How long the old version is waited for.'),
  keep_warm: durationSchema
    .prefault('0s')
    .describe('How long the old version stays up with nobody left, to be switched back to at once.'),
  twice: z
    .boolean()
    .default(true)
    .describe('false: two of them may never run at once. Requests are held for the time between, where that can be.'),
  migrations: z
    .enum(['expand', 'breaking'])
    .default('breaking')
    .describe(
      'expand: the version before can go on with the data after every migration, so that both may run at once. breaking: it cannot.',
    ),
  gradual: z
    .strictObject({
      shares: z.array(z.int().min(1).max(99)).min(1).max(listMax).describe('Percent of what is new, step by step.'),
      every: durationSchema.prefault('1m').describe('How long each step lasts.'),
    })
    .optional()
    .describe('Sends people to the new version little by little, where the proxy can.'),
}

export const trafficSchema = z.object(trafficKeys)

/** Of a spec that its kind's schema accepts. */
export function trafficSettings(spec: Spec): TrafficSettings {
  const { front, slots, ready, warm_up, identify, verify, drain, keep_warm, ...rest } = trafficSchema.parse(spec)
  const { twice, migrations, gradual } = rest
  return {
    spec,
    front: front ?? null,
    slots: slots === undefined ? null : { blue: slotAddress(slots.blue), green: slotAddress(slots.green) },
    ready: { path: ready.path ?? null, timeoutMs: ready.timeout },
    warmUp: warm_up,
    identity: (identify as Identity | undefined) ?? null,
    verify: { times: verify.times, timeoutMs: verify.timeout },
    drain: { requestsMs: drain.requests, streamsMs: drain.streams },
    warmMs: keep_warm,
    twice,
    expands: migrations === 'expand',
    gradual: gradual === undefined ? null : { shares: gradual.shares, everyMs: gradual.every },
  }
}

function slotAddress(written: number | string): SlotAddress {
  if (typeof written === 'number') return { host: '127.0.0.1', port: written }
  const at = written.lastIndexOf(':')
  return { host: written.slice(0, at).replaceAll(/^\[|\]$/g, ''), port: Number(written.slice(at + 1)) }
}
