import { z } from 'zod'
import { secretSchema } from '../../protocol/secret.ts'

const name = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[^\p{Cc}/\\.]+$/u, 'write it without slashes, dots and control characters')
const word = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'write a plain name')

export const mysqlBackupSchema = z
  .strictObject({
    type: z.literal('mysql'),
    database: name.optional().describe('The name of the database. Left out: the one in url.'),
    url: secretSchema
      .optional()
      .describe('Where a URL like mysql://user:password@host/name is kept, as programs have it in DATABASE_URL.'),
    host: z.string().min(1).max(255).optional().describe('The host of the server. Left out: the local socket.'),
    port: z.int().min(1).max(65_535).optional().describe('The port of the server at host. Left out: 3306.'),
    socket: z
      .string()
      .startsWith('/', 'write an absolute path')
      .max(107)
      .optional()
      .describe("The server's socket. Left out: where its own programs look for it."),
    user: name
      .optional()
      .describe('The user of the database. Left out: the user that Belay runs as, whom the server knows by its name.'),
    password: secretSchema.optional().describe('The password of that user. Left out: none is given.'),
    container: word
      .optional()
      .describe(
        'The container that the server runs in, or its service in the compose file: its own programs are used.',
      ),
    engine: z.enum(['auto', 'docker', 'podman']).default('auto').describe('Whose container it is.'),
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
    ({ url, host, port, socket, user, password }) =>
      url === undefined || (host ?? port ?? socket ?? user ?? password) === undefined,
    { error: 'the url says it already', path: ['url'] },
  )
  .refine(({ container, host }) => container === undefined || host === undefined, {
    error: 'a container reaches its own server by its socket: leave the host out',
    path: ['host'],
  })

export type MysqlBackupConfig = z.infer<typeof mysqlBackupSchema>
