import { z } from 'zod'
import { listOf, timeSchema } from '../api/json.ts'
import { compatPhases } from '../compat/phase.ts'

/** What the agent says over the WebSocket, by subject. Keys are those of the frontends that exist; see docs/guide/websocket.md. */

/** One component as `belay check --json` tells it. */
export const socketCheckSchema = z.object({
  current: z.string().nullable(),
  latest: z.string().nullable(),
  update_available: z.boolean(),
  release_notes: z.string().nullable(),
  last_checked: timeSchema.nullable(),
  held: z.unknown(),
  relation: z.string(),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }).nullable(),
})

/** One entry of `dunebugger_components`: what the browser reads, and what its device sends by now. */
export const deviceComponentSchema = z.object({
  name: z.string(),
  state: z.enum(['running', 'not_responding', 'unknown']),
  running: z.boolean(),
  /** The browser shows an update where `last_available_version` is another. */
  version: z.string(),
  last_available_version: z.string().nullable(),
  current_version: z.string(),
  latest_version: z.string().nullable(),
  update_available: z.boolean(),
  last_checked: timeSchema.nullable(),
  release_notes: z.string().nullable(),
  release_url: z.string().nullable(),
})

const deviceComponents = listOf(deviceComponentSchema)

export const socketBodies = {
  update_check_result: z.object({ components: z.record(z.string(), socketCheckSchema) }),
  update_result: z.object({
    component: z.string(),
    success: z.boolean(),
    message: z.string(),
    dry_run: z.boolean(),
    run: z.string().nullable(),
  }),
  updater_progress: z.object({
    component: z.string(),
    run: z.string(),
    phase: z.enum(compatPhases),
    /** The kind of the step that is under way; null: none is. */
    step: z.string().nullable(),
    percent: z.int().min(0).max(100),
    level: z.enum(['info', 'warning', 'error']),
    message: z.string(),
    success: z.boolean(),
  }),
  update_available: z.object({
    component: z.string(),
    current: z.string().nullable(),
    latest: z.string().nullable(),
    release_notes: z.string().nullable(),
    release_url: z.string().nullable(),
  }),
  system_info: z.object({
    components: z.record(z.string(), socketCheckSchema),
    dunebugger_components: deviceComponents,
    system_info: z.object({ device_id: z.string(), timestamp: timeSchema, dunebugger_components: deviceComponents }),
  }),
  log: z.object({ success: z.boolean(), message: z.string(), level: z.enum(['info', 'warning', 'error']) }),
  heartbeat: z.string(),
  error: z.object({
    subject: z.string().nullable(),
    code: z.string(),
    message: z.string(),
    hint: z.string().nullable(),
  }),
} as const

type Bodies = typeof socketBodies
export type SocketSubject = keyof Bodies
export type SocketBody<S extends SocketSubject> = Readonly<z.infer<Bodies[S]>>

/** `destination`: the browser passes over what is neither for all nor for itself. */
export type SocketMessage = {
  [S in SocketSubject]: {
    readonly subject: S
    readonly source: 'controller'
    readonly destination: string
    readonly body: SocketBody<S>
  }
}[SocketSubject]

export const everyone = 'broadcast'
