import { z } from 'zod'
import { componentNameSchema, type Spec } from '../../core/model/names.ts'
import { eventKinds } from '../../core/notify/event.ts'
import { isTimezone } from '../../core/schedule/timezone.ts'
import type { Language } from '../messages/render.ts'
import type { ChannelSettings } from '../settings.ts'
import { durationSchema, parseDuration } from '../units.ts'

const componentsMax = 100
const silenceMsMin = 3_600_000
// Said again, since most commands need no texts of messages.
const languages = ['en', 'de'] as const satisfies readonly Language[]

export const channelNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'use lower-case letters, digits, "-" or "_", at most 32')

const timeOfDay = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'write a time of the day in quotes, such as "22:00"')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)))

const quiet = z
  .strictObject({
    from: timeOfDay.describe('When they begin, such as "22:00".'),
    to: timeOfDay.describe('When they end, such as "07:00".'),
    timezone: z
      .string()
      .max(100)
      .refine(isTimezone, 'this is not a time zone. Write one like Europe/Rome or UTC')
      .optional()
      .describe("The time zone of both, such as Europe/Rome. Left out: this host's own."),
  })
  .refine(({ from, to }) => from !== to, { message: 'from and to are the same time: leave quiet out', path: ['to'] })

const off = 'off'

/** The keys that every kind of channel has, besides its own. Each notifier spreads them into its schema. */
export const channelKeys = {
  on: z
    .array(z.enum(eventKinds))
    .min(1)
    .max(eventKinds.length)
    .optional()
    .describe('What it is told of. Left out: everything.'),
  components: z
    .array(componentNameSchema)
    .min(1)
    .max(componentsMax)
    .optional()
    .describe('Which components it is told of. Left out: all.'),
  language: z.enum(languages).default('en').describe('The language of the messages.'),
  quiet: quiet.optional().describe('Hours in which only failed and stuck updates are told.'),
  digest: z
    .string()
    .refine((text) => text === off || (parseDuration(text) ?? 0) > 0, 'write a duration like 24h, or off')
    .default(off)
    .describe('Collects for so long and sends one message; failed and stuck updates do not wait.'),
  check_failing: durationSchema
    .refine((ms) => ms >= silenceMsMin, 'write 1h or more')
    .prefault('3d')
    .describe('How long a source may stay silent until that is told.'),
}

// What a kind has besides is looked at by the kind's own schema.
const commonSchema = z.object(channelKeys)

/** A channel that its kind's schema accepts, as the rest of the program takes it. */
export function channelSettings(name: string, spec: Spec): ChannelSettings {
  const { on, components, language, quiet: hours, digest, check_failing } = commonSchema.parse(spec)
  return {
    name,
    spec,
    language,
    on: on ?? eventKinds,
    components: components ?? null,
    quiet: hours === undefined ? null : { from: hours.from, to: hours.to, timezone: hours.timezone ?? null },
    digestMs: parseDuration(digest),
    checkFailingMs: check_failing,
  }
}
