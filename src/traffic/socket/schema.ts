import { z } from 'zod'
import { trafficKeys } from '../../protocol/config/traffic.ts'

const unitCharsMax = 250

export const socketTrafficSchema = z.strictObject({
  type: z.literal('socket'),
  unit: z
    .string()
    .max(unitCharsMax)
    .regex(/^[A-Za-z0-9_:.\\][A-Za-z0-9_:.\\@-]*$/, 'a unit name holds letters, digits and : _ . \\ @ - only')
    .refine((name) => !name.endsWith('.service'), 'name the socket unit, such as crm.socket')
    .transform((name) => (name.endsWith('.socket') ? name : `${name}.socket`))
    .describe('The socket unit of systemd that is handed to both slots, with or without ".socket".'),
  ...trafficKeys,
})

export type SocketTrafficConfig = z.infer<typeof socketTrafficSchema>
