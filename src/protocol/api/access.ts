import { z } from 'zod'
import { tokenIdSchema, tokenNameSchema, userNameSchema } from '../../core/access/names.ts'
import { scopes } from '../../core/access/scope.ts'

export const scopeSchema = z.enum(scopes)
/** ISO 8601 */
const time = z.string()

/** Longer ones are refused as too long, not cut. */
const password = z.string().min(1).max(1024)

export const sessionAnswerSchema = z.object({
  setup_needed: z.boolean(),
  /** `scope`: what may be done from here, which may be less than the user's own. */
  user: z.object({ name: z.string(), scope: scopeSchema }).nullable(),
  /** For the header `x-csrf-token`. */
  csrf: z.string().nullable(),
  /** From here nothing can be changed: see `agent.remote` of the config. */
  read_only: z.boolean(),
  host: z.string(),
  version: z.string(),
})
export type SessionAnswer = Readonly<z.infer<typeof sessionAnswerSchema>>

export const loginSchema = z.strictObject({ name: z.string().min(1).max(64), password })
export const setupSchema = z.strictObject({ secret: z.string().min(1).max(100), name: userNameSchema, password })

export const userSchema = z.object({ name: z.string(), scope: scopeSchema, created: time, last_login: time.nullable() })
export const userListSchema = z.object({ users: z.array(userSchema) })
export const userAddSchema = z.strictObject({ name: userNameSchema, password, scope: scopeSchema })
export const userParamsSchema = z.object({ name: userNameSchema })
export const scopeChangeSchema = z.strictObject({ scope: scopeSchema })
/** `current`: asked of who changes their own. */
export const passwordChangeSchema = z.strictObject({ password, current: password.optional() })

export const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  scope: scopeSchema,
  created: time,
  last_used: time.nullable(),
  expires: time.nullable(),
})
export const tokenListSchema = z.object({ tokens: z.array(tokenSchema) })
export const tokenAddSchema = z.strictObject({
  name: tokenNameSchema,
  scope: scopeSchema,
  expires: z.iso.datetime({ offset: true }).optional(),
})
/** `token`: shown this once. */
export const tokenMadeSchema = tokenSchema.extend({ token: z.string() })
export const tokenParamsSchema = z.object({ id: tokenIdSchema })

export const auditQuerySchema = z.object({
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})
export const auditAnswerSchema = z.object({
  /** Newest first. */
  entries: z.array(
    z.object({
      seq: z.int(),
      at: time,
      who: z.string(),
      from: z.string(),
      action: z.string(),
      target: z.string().nullable(),
      run: z.string().nullable(),
      outcome: z.string(),
    }),
  ),
  /** false: something was changed or taken out, from `broken` on. */
  intact: z.boolean(),
  broken: z.int().nullable(),
  more: z.boolean(),
})
