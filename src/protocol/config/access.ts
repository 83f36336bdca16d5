import { z } from 'zod'
import { scopes } from '../../core/access/scope.ts'
import type { AccessSettings } from '../settings.ts'

const listMax = 100

/** Keys of `agent` that say who may come in from where. */
export function accessFields() {
  return {
    remote: z
      .enum(scopes)
      .default('read')
      .describe('What callers from other hosts may do at most: read, operate or admin. They log in all the same.'),
    proxies: z
      .array(
        z.string().regex(/^[0-9a-fA-F:.]{2,45}(?:\/\d{1,3})?$/, 'write an address, or a network such as 10.0.0.0/8'),
      )
      .max(listMax)
      .default([])
      .describe('Addresses of proxies that are believed whom they speak for (X-Forwarded-For and -Proto).'),
    hosts: z
      .array(z.string().regex(/^[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?$/, 'write a host name alone, in lower case'))
      .max(listMax)
      .default([])
      .describe('Names that the page is opened by, besides addresses and localhost.'),
  }
}

/** `listen`: the host that is listened at; null: nowhere. A name there is one of ours. */
export function accessSettings(
  { remote, proxies, hosts }: Pick<AccessSettings, 'remote' | 'proxies' | 'hosts'>,
  listen: string | null,
): AccessSettings {
  return { remote, proxies, hosts: listen === null ? hosts : [...hosts, listen.toLowerCase()] }
}
