import { z } from 'zod'

const unitCharsMax = 250

/** A service unit without or with `.service`; parsed, it always has the suffix. */
const unitName = z
  .string()
  .max(unitCharsMax)
  .regex(/^[A-Za-z0-9_:.\\][A-Za-z0-9_:.\\@-]*$/, 'a unit name holds letters, digits and : _ . \\ @ - only')
  .refine((name) => !/\.(socket|target|timer|path|mount|slice|scope|device|swap|automount)$/.test(name), {
    message: 'name the service unit itself; its sockets and timers are found by belay',
  })
  .transform((name) => (name.endsWith('.service') ? name : `${name}.service`))

export const systemdServiceSchema = z.strictObject({
  type: z.literal('systemd'),
  unit: unitName.describe('The service unit, with or without ".service".'),
  scope: z
    .enum(['system', 'user'])
    .default('system')
    .describe('Whose manager runs it: that of the system, or of a user.'),
  user: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/)
    .optional()
    .describe('The user whose manager it is, with scope user and Belay as root. Left out: the one that Belay runs as.'),
})

export type SystemdServiceConfig = z.infer<typeof systemdServiceSchema>
