import type { IncomingMessage } from 'node:http'
import { parseReference } from '../../core/image/reference.ts'
import { Lines } from '../process/tail.ts'
import type { RegistryAuth } from '../registry/credentials.ts'
import type { Asker } from './ask.ts'
import { pullFailed } from './failures.ts'
import { afterLine, progressOf, type PullState, pullBegun } from './progress.ts'
import type { PullInput } from './types.ts'

/** Asks the engine for `repository@digest`, and resolves when it says that it has it. */
export async function pullByDigest(asker: Asker, input: PullInput, signal: AbortSignal): Promise<void> {
  const { repository, digest, auth } = input
  const query = new URLSearchParams({ fromImage: repository, tag: digest })
  const end = await asker.stream(
    {
      method: 'POST',
      path: `/images/create?${query.toString()}`,
      headers: auth === null ? {} : { 'x-registry-auth': authHeader(repository, auth) },
      timeoutMs: null,
      signal,
    },
    // Before it has sent anything, an engine says no by its status.
    (said) => pullFailed(`${repository}@${digest}`, said),
    (answer) => follow(answer, asker.limits.lineBytesMax, input.onProgress),
  )
  if (end.error !== null) throw pullFailed(`${repository}@${digest}`, end.error)
}

async function follow(
  answer: IncomingMessage,
  lineBytesMax: number,
  onProgress: PullInput['onProgress'],
): Promise<PullState> {
  let state = pullBegun
  let told = ''
  const lines = new Lines(lineBytesMax, (line) => {
    state = afterLine(state, line)
  })
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    lines.push(chunk)
    const { doneBytes, totalBytes, message } = progressOf(state)
    const now = `${doneBytes} ${totalBytes} ${message}`
    if (now === told || state.layers.size === 0) continue
    told = now
    onProgress(doneBytes, totalBytes, message)
  }
  lines.end()
  return state
}

/** Docker Hub keeps the name that its first registry had. */
const hubServer = 'https://index.docker.io/v1/'

function authHeader(repository: string, auth: RegistryAuth): string {
  const host = parseReference(repository)?.host ?? ''
  const serveraddress = host === 'docker.io' ? hubServer : host
  const login = 'identityToken' in auth ? { identitytoken: auth.identityToken } : auth
  const text = Buffer.from(JSON.stringify({ ...login, serveraddress })).toString('base64url')
  // Docker takes no login, and says nothing, when the padding is missing.
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=')
}
