import { z } from 'zod'
import { secretSchema } from '../../protocol/secret.ts'

const name = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[^\p{Cc}]+$/u, 'write it without control characters')
const program = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'write a plain name')

export const postgresBackupSchema = z
  .strictObject({
    type: z.literal('postgres'),
    database: name.optional().describe('The name of the database. Left out: the one in url.'),
    url: secretSchema
      .optional()
      .describe('Where a URL like postgresql://user:password@host/name is kept, as programs have it in DATABASE_URL.'),
    host: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('The host of the server, or the folder of its socket. Left out: the local socket.'),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe('The port of the server, which also names its socket. Left out: 5432.'),
    user: name
      .optional()
      .describe(
        'The role, which must own the database and be allowed to make others. Left out: who the programs run as.',
      ),
    password: secretSchema.optional().describe('The password of that role. Left out: none is given.'),
    system_user: program
      .optional()
      .describe(
        'Who the programs run as. Left out: postgres for root on the local socket without a password, else the user that Belay runs as.',
      ),
    container: program
      .optional()
      .describe(
        'The container that the server runs in, or its service in the compose file: its own programs are used.',
      ),
    engine: z.enum(['auto', 'docker', 'podman']).default('auto').describe('Whose container it is.'),
    exclude_data: z
      .array(z.string().min(1).max(200))
      .max(1000)
      .default([])
      .describe('Tables (patterns of pg_dump) whose rows are not saved: after a restore they are empty.'),
    optional: z
      .boolean()
      .default(false)
      .describe('Whether it may be missing, as before the first start of the program.'),
  })
  .refine(({ database, url }) => database !== undefined || url !== undefined, {
    error: 'name the database, or give a url',
    path: ['database'],
  })
  .refine(
    ({ url, host, port, user, password }) => url === undefined || (host ?? port ?? user ?? password) === undefined,
    {
      error: 'the url says it already',
      path: ['url'],
    },
  )
  .refine(({ container, host }) => container === undefined || host === undefined || host.startsWith('/'), {
    error: 'a container reaches its own server by its socket: leave the host out',
    path: ['host'],
  })

export type PostgresBackupConfig = z.infer<typeof postgresBackupSchema>
