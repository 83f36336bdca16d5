import { join } from 'node:path'
import { z } from 'zod'
import { trafficKeys } from '../../protocol/config/traffic.ts'

const path = z
  .string()
  .max(300)
  .regex(/^\/[A-Za-z0-9_./-]*$/, 'write an absolute path of letters, digits and _ . / - only')

export const nginxSchema = z
  .strictObject({
    type: z.literal('nginx'),
    ...trafficKeys,
    upstream: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,50}$/, 'use lower-case letters, digits and "_", starting with a letter')
      .describe('The name in "proxy_pass http://$app;".'),
    folder: path
      .default('/etc/nginx/belay')
      .describe('Where FOLDER/app.http.conf and FOLDER/app.server.conf are, and where Belay says whom nginx serves.'),
    status: z
      .string()
      .regex(/^(?:127\.\d+\.\d+\.\d+|\[::1\]):\d{1,5}$/, 'write a free port of the loopback, such as 127.0.0.1:8009')
      .describe('Where nginx tells Belay what it does: a port of the loopback that nothing else uses.'),
    program: z
      .tuple([z.string().min(1)], z.string())
      .default(['nginx'])
      .describe('nginx, and how it finds its config: [nginx, -c, /srv/nginx.conf]. It is only asked to show it.'),
  })
  .describe('nginx: two upstreams, of which each request takes the one that a file in a folder of Belay names.')

export type NginxConfig = z.infer<typeof nginxSchema>

/** Everything of this upstream lies here. `http` and `server` are included by the administrator and do not change. */
export function placesOf({ folder, upstream }: NginxConfig) {
  const own = join(folder, upstream)
  return { http: `${own}.http.conf`, server: `${own}.server.conf`, shares: own, now: join(own, 'now') }
}
