import { z } from 'zod'

/**
 * What a frontend asks over the WebSocket, in whichever of the dialects it speaks. `to`: the `connectionId` that the reply
 * is to be addressed to; null: it named none. `subject`: as it was said, where one thing has several.
 */
export type SocketRequest =
  | { readonly kind: 'check'; readonly to: string | null; readonly force: boolean }
  | {
      readonly kind: 'update'
      readonly to: string | null
      readonly subject: string
      readonly component: string
      readonly dryRun: boolean
    }
  /** Everything that has an update, in the order of what requires what. */
  | { readonly kind: 'update-all'; readonly to: string | null; readonly subject: string }
  | { readonly kind: 'info'; readonly to: string | null; readonly subject: string }
  | { readonly kind: 'alive'; readonly to: string | null }
  /** What the agent itself said, come back: nothing is answered. */
  | { readonly kind: 'echo' }
  | { readonly kind: 'bad'; readonly to: string | null; readonly subject: string | null; readonly why: string }

const wordMax = 200
const word = z.string().max(wordMax)
const envelopeSchema = z.object({
  subject: word,
  source: word.nullish(),
  connectionId: word.nullish(),
  body: z.unknown().optional(),
})

const nameSchema = z.string().trim().min(1).max(wordMax)
const checkSchema = z.object({ force: z.boolean().default(true) })
const updateSchema = z.object({ component: nameSchema, dry_run: z.boolean().default(false) })

/** What the browser of the component updater sends for "all of them". */
const all = 'manual_confirmation'

export function understand(text: string): SocketRequest {
  const envelope = envelopeSchema.safeParse(parsed(text))
  if (!envelope.success) {
    return bad(null, null, 'It is no object {"subject", "body"} as JSON, or its words are too long.')
  }
  const { subject, source, connectionId, body } = envelope.data
  // A client that joined the group hears its own words too, so its controller marks what it says.
  if (source === 'controller') return { kind: 'echo' }
  const to = connectionId ?? null
  switch (subject) {
    case 'updater.check_updates': {
      const wanted = checkSchema.safeParse(typeof body === 'object' ? (body ?? {}) : {})
      if (!wanted.success) return bad(to, subject, 'Its body is {"force": true} or {"force": false}.')
      return { kind: 'check', to, force: wanted.data.force }
    }
    case 'updater.perform_update':
    case 'updater.update':
      return update(to, subject, body)
    case 'system_info':
    case 'controller.system_info':
    case 'updater.system_info':
      return { kind: 'info', to, subject }
    case 'controller.heartbeat':
      return { kind: 'alive', to }
    default:
      return bad(to, subject, 'There is no such subject here.')
  }
}

/** Both subjects take the body of both: a name as plain text, or an object. */
function update(to: string | null, subject: string, body: unknown): SocketRequest {
  const wanted = updateSchema.safeParse(typeof body === 'string' ? { component: body } : body)
  if (!wanted.success) {
    return bad(to, subject, 'Its body is the name of a component, or {"component": "NAME", "dry_run": false}.')
  }
  const { component, dry_run: dryRun } = wanted.data
  if (component !== all) return { kind: 'update', to, subject, component, dryRun }
  return dryRun ? bad(to, subject, 'A dry run is for one component.') : { kind: 'update-all', to, subject }
}

function bad(to: string | null, subject: string | null, why: string): SocketRequest {
  return { kind: 'bad', to, subject, why }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
