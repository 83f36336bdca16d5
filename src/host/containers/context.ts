import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { type Endpoint, endpointOf, type Environment } from './endpoint.ts'
import { contextInvalid } from './failures.ts'

/** The engine that "docker context use" chose: DOCKER_CONTEXT, else `currentContext` in the client's config.json. */

const fileBytesMax = 1024 * 1024

const clientSchema = z.object({ currentContext: z.string().optional().catch(undefined) })
const metaSchema = z.object({ Endpoints: z.object({ docker: z.object({ Host: z.string() }) }) })

/** null: none is chosen, or the one called "default", which means the places where an engine usually is. */
export async function contextEndpoint(environment: Environment): Promise<Endpoint | null> {
  const folder = environment['DOCKER_CONFIG'] ?? join(environment['HOME'] ?? homedir(), '.docker')
  const asked = environment['DOCKER_CONTEXT'] ?? ''
  const name = asked === '' ? await currentContext(folder) : asked
  if (name === '' || name === 'default') return null
  // The client names the folder of a context by the hash of its name.
  const hash = createHash('sha256').update(name).digest('hex')
  const meta = metaSchema.safeParse(await readJson(join(folder, 'contexts/meta', hash, 'meta.json')))
  if (!meta.success) throw contextInvalid(name, 'it has no endpoint for docker')
  const tls = join(folder, 'contexts/tls', hash, 'docker')
  return endpointOf(meta.data.Endpoints.docker.Host, existsSync(tls) ? tls : null)
}

async function currentContext(folder: string): Promise<string> {
  const client = clientSchema.safeParse(await readJson(join(folder, 'config.json')))
  return client.success ? (client.data.currentContext ?? '') : ''
}

/** undefined: it is not there, or it is no JSON; the client, too, goes on then. */
async function readJson(path: string): Promise<unknown> {
  try {
    const text = await readFile(path, 'utf8')
    return text.length > fileBytesMax ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
