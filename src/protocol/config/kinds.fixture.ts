import { z } from 'zod'
import { durationSchema } from '../units.ts'
import { secretSchema } from '../secret.ts'
import { channelKeys } from './channels.ts'
import { isAbsolutePath } from './paths.ts'
import { rangeFindings } from './ranges.ts'
import type { Kinds } from './schema.ts'
import { specOf } from './spec.ts'
import { windowFindings } from './windows.ts'

const command = z.array(z.string().min(1)).min(1)

/** Adapters' schemas like the real ones, for the tests of this folder: the real ones belong to their adapters. */
export function sampleKinds(): Kinds {
  const services = {
    none: z.strictObject({ type: z.literal('none') }),
    systemd: z.strictObject({
      type: z.literal('systemd'),
      unit: z.string().regex(/^[\w@.-]+$/, 'write the name of a unit'),
      scope: z.enum(['system', 'user']).default('system'),
    }),
    process: z.strictObject({ type: z.literal('process'), command, stop_timeout: durationSchema.default(10_000) }),
  }
  return {
    services,
    sources: {
      github: z.strictObject({
        type: z.literal('github'),
        repo: z
          .string()
          .regex(/^[\w.-]+\/[\w.-]+$/, 'write owner/name')
          .describe('owner/name'),
        asset: z.string().optional(),
        prereleases: z.boolean().default(false),
        token: secretSchema.optional(),
      }),
      http: z.strictObject({
        type: z.literal('http'),
        url: z.url({ protocol: /^https?$/, error: 'write a whole address' }),
      }),
      oci: z.strictObject({ type: z.literal('oci'), image: z.string(), tag: z.string().optional() }),
    },
    strategies: {
      directory: z.strictObject({
        type: z.literal('directory'),
        path: z.string().refine(isAbsolutePath, 'use an absolute path'),
        layout: z.enum(['slots', 'in-place']).optional(),
        prepare: z.array(command).default([]),
        service: specOf('service', services).default({ type: 'none' }),
      }),
      compose: z.strictObject({ type: z.literal('compose'), file: z.string(), service: z.string() }),
    },
    checks: {
      disk_space: z.object({ type: z.literal('disk_space'), minimum_mb: z.int().min(1) }),
      health_endpoint: z.strictObject({
        type: z.literal('health_endpoint'),
        url: z.url(),
        timeout_seconds: z.int().default(60),
      }),
    },
    backups: {
      path: z.strictObject({ type: z.literal('path'), path: z.string(), exclude: z.array(z.string()).default([]) }),
      sqlite: z.strictObject({ type: z.literal('sqlite'), path: z.string() }),
    },
    probes: {
      file: z.strictObject({ type: z.literal('file'), file: z.string(), pattern: z.string().optional() }),
      command: z.strictObject({ type: z.literal('command'), command }),
      http: z.strictObject({ type: z.literal('http'), http: z.string(), json: z.string().startsWith('/').optional() }),
      package: z.strictObject({ type: z.literal('package'), package: z.string() }),
      none: z.strictObject({ type: z.literal('none') }),
    },
    notifiers: {
      ntfy: z.strictObject({ type: z.literal('ntfy'), topic: z.string(), ...channelKeys }),
      slack: z.strictObject({ type: z.literal('slack'), url: secretSchema, ...channelKeys }),
    },
    traffic: { none: z.strictObject({ type: z.literal('none') }) },
    rules: [rangeFindings, windowFindings],
  }
}
