import { z } from 'zod'

/** Printed, logged and compared: no upper case, so that no two look alike but for it. */
export const userNameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._@-]{0,63}$/,
    'use lower-case letters, digits, ".", "_", "@" or "-", at most 64, starting with a letter or digit',
  )

export const tokenNameSchema = z
  .string()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,63}$/u,
    'use letters, digits, spaces, ".", "_", "@" or "-", at most 64, starting with a letter or digit',
  )

/** Not a secret: what a token is called when it is listed and revoked. */
export const tokenIdSchema = z.string().regex(/^t-[0-9a-f]{12}$/, 'a token id looks like t-0123456789ab')
