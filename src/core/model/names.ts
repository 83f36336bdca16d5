import { z } from 'zod'
import type { Json } from './problem.ts'

/** Component names become folder and lock names: lower case, digits, `-`, `_`, `.`, at most 64. */
export const componentNameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_.-]{0,63}$/,
    'use lower-case letters, digits, "-", "_" or ".", at most 64, starting with a letter or digit',
  )
  .brand<'ComponentName'>()
export type ComponentName = z.infer<typeof componentNameSchema>

/** `r-` and 8 or more hex digits. Every path a run creates is derived from it. */
export const runIdSchema = z
  .string()
  .regex(/^r-[0-9a-f]{8,32}$/, 'a run id looks like r-7f3c12ab')
  .brand<'RunId'>()
export type RunId = z.infer<typeof runIdSchema>

/** `sha256:` and 64 hex digits, lower case. */
export const digestSchema = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(z.string().regex(/^sha256:[0-9a-f]{64}$/, 'a digest looks like sha256: and 64 hex digits'))
  .brand<'Digest'>()
export type Digest = z.infer<typeof digestSchema>

/** A resource that one run, or the one agent, may hold at a time: `component:core`, `path:/opt/x`, `unit:system/x`, `project:unix:///run/docker.sock/x`. */
export type ResourceName = `${'component' | 'path' | 'unit' | 'project'}:${string}` | 'agent'

/** Anything an adapter is configured by: `type` names the adapter, which owns the schema of the rest. */
export interface Spec {
  readonly type: string
  readonly [key: string]: Json
}
