import { isAbsolute } from 'node:path'
import { z } from 'zod'
import type { Spec } from '../../core/model/names.ts'
import { parseDuration } from '../../protocol/units.ts'

const pathSchema = z.string().max(4096).refine(isAbsolute, 'use an absolute path')
const serviceSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,255}$/, 'write the name of a service as the compose file does')
const listMax = 50

function oneOrMore<T>(item: z.ZodType<T>) {
  return z.union([item, z.array(item).min(1).max(listMax)])
}

export function composeStrategySchema(traffic: z.ZodType<Spec>) {
  return z.strictObject({
    type: z.literal('compose'),
    file: oneOrMore(pathSchema).describe('The compose file, or all of them in the order of their -f.'),
    service: oneOrMore(serviceSchema).describe('The service, or several that run the same image and move together.'),
    project: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]*$/)
      .optional()
      .describe('The name of the compose project. Left out: what compose itself takes.'),
    profiles: z
      .array(z.string().min(1).max(255))
      .max(listMax)
      .default([])
      .describe('Profiles of the compose file that are switched on, as with --profile.'),
    env_file: pathSchema
      .optional()
      .describe('A file with the variables of the compose file. Left out: .env beside the first file.'),
    engine: z
      .enum(['auto', 'docker', 'podman'])
      .default('auto')
      .describe('The container engine. auto: the one that answers, Docker first.'),
    stop_grace: z
      .string()
      .refine((text) => parseDuration(text) !== null, 'write a duration like 30s')
      .optional()
      .describe('How long a container may take to end, such as 30s. Left out: its own setting.'),
    traffic: traffic
      .optional()
      .describe('The proxy in front of two services of the compose file, so that nobody notices an update.'),
    keep_images: z.int().min(1).max(50).default(2).describe('How many earlier images are kept to go back to.'),
  })
}

export type ComposeConfig = z.infer<ReturnType<typeof composeStrategySchema>>

export function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T]
}
