import { type BelayError, fail, type Problem } from '../../core/model/problem.ts'
import { cleanText } from '../../core/release/text.ts'
import type { ProblemCode } from '../../core/model/codes.ts'

/** Every sentence about a container engine that went wrong. `at` is its address. */

const saidCharsMax = 500

type Unreachable = 'absent' | 'refused' | 'permission' | 'cut' | 'other'

const unreachableTexts: Readonly<Record<Unreachable, readonly [string, string]>> = {
  absent: [
    'there is no socket',
    'Start it ("systemctl start docker", or "systemctl enable --now podman.socket"), or say where it is in DOCKER_HOST.',
  ],
  refused: ['nothing listens there', 'Start it: "systemctl start docker"; or say where it is in DOCKER_HOST.'],
  permission: [
    'this user may not use it',
    'Run belay as root, or let its user in with "usermod -aG docker USER" and a new login; a rootless engine is named by DOCKER_HOST.',
  ],
  cut: [
    'the connection was cut',
    'It may be restarting: try again in a while; "journalctl -u docker" says why it went away.',
  ],
  other: ['the connection failed', 'Check that it runs, and what DOCKER_HOST says.'],
}

const reasons: Readonly<Record<string, Unreachable>> = {
  ENOENT: 'absent',
  ENOTDIR: 'absent',
  ECONNREFUSED: 'refused',
  EACCES: 'permission',
  EPERM: 'permission',
  ECONNRESET: 'cut',
  EPIPE: 'cut',
}

/** What connecting or reading threw. Everything but a missing right may pass by itself: engines are restarted. */
export function unreachable(at: string, cause: unknown): BelayError {
  const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const reason = reasons[errno] ?? 'other'
  const [what, hint] = unreachableTexts[reason]
  const why = reason === 'other' && cause instanceof Error ? ` (${cleanText(cause.message, 200)})` : ''
  return fail('E_ENGINE_UNREACHABLE', `the container engine at ${at} cannot be reached: ${what}${why}`, {
    hint,
    retryable: reason !== 'permission',
    facts: { engine: at, reason, errno },
    cause,
  })
}

/** What listens there is the one that was not asked for. */
export function anotherEngine(at: string, name: string): BelayError {
  return fail('E_ENGINE_UNREACHABLE', `the container engine at ${at} is ${name}`, {
    hint: 'Say which one is meant as "engine".',
    facts: { engine: at, reason: name },
  })
}

/** Everywhere that was looked, when no engine was found. */
export function noEngine(wanted: string, tried: readonly Problem[]): BelayError {
  const places = tried.map(({ facts: { engine, reason } }) =>
    `${JSON.stringify(engine)} (${JSON.stringify(reason)})`.replaceAll('"', ''),
  )
  const forbidden = tried.some(({ facts }) => facts['reason'] === 'permission')
  const name = wanted === 'docker' ? 'Docker' : wanted === 'podman' ? 'Podman' : 'container engine'
  return fail('E_ENGINE_UNREACHABLE', `no ${name} was found; looked at ${places.join(', ') || 'no place'}`, {
    hint: unreachableTexts[forbidden ? 'permission' : 'absent'][1],
    retryable: !forbidden,
    facts: { looked: places, reason: forbidden ? 'permission' : 'absent' },
  })
}

export function addressInvalid(address: string): BelayError {
  return fail('E_ENGINE_UNREACHABLE', `"${cleanText(address, 200)}" is no address of a container engine`, {
    hint: 'Use unix:///path/to/docker.sock or tcp://host:port; an engine behind ssh:// needs a belay on its own host.',
    facts: { engine: address, reason: 'address' },
  })
}

export function contextInvalid(name: string, why: string): BelayError {
  return fail('E_ENGINE_UNREACHABLE', `the docker context "${cleanText(name, 100)}" cannot be used: ${why}`, {
    hint: '"docker context ls" lists them; "docker context use default" goes back; or set DOCKER_HOST.',
    facts: { context: name, reason: 'context' },
  })
}

export function timedOut(at: string, what: string, limitMs: number): BelayError {
  return fail('E_TIMEOUT', `the container engine at ${at} did not ${what} within ${Math.round(limitMs / 1000)} s`, {
    hint: 'It hangs or has too much to do: look at "docker info" and its log, then try again.',
    retryable: true,
    facts: { engine: at, limitMs },
  })
}

export function answerInvalid(at: string, what: string, cause?: unknown): BelayError {
  return fail('E_ENGINE_ANSWER', `the container engine at ${at} ${what}`, {
    hint: 'Check that this is the socket of Docker or Podman, and that it is not older than Docker 1.12.',
    facts: { engine: at },
    cause,
  })
}

export function tooLarge(at: string, bytesMax: number): BelayError {
  return answerInvalid(at, `sends more than ${bytesMax.toLocaleString('en')} bytes`)
}

/** An answer that says no. `said`: the engine's own message. */
export function refused(at: string, what: string, status: number, said: string): BelayError {
  const text = cleanText(said, saidCharsMax)
  const facts = { engine: at, status, said: text }
  if (/no space left on device|disk quota exceeded/i.test(text)) return diskFull(text, facts)
  const message = `the container engine did not ${what} (${status}): ${text === '' ? 'it does not say why' : text}`
  if (status === 404) return fail('E_NOT_FOUND', message, { hint: 'It was removed meanwhile: try again.', facts })
  return fail('E_ENGINE_ANSWER', message, {
    hint: status >= 500 ? 'Its log says more: "journalctl -u docker".' : 'See its own words.',
    retryable: status >= 500,
    facts,
  })
}

function diskFull(said: string, facts: Record<string, string | number>): BelayError {
  return fail('E_DISK_FULL', `the disk of the container engine is full: ${said}`, {
    hint: 'Free some space there: "docker system df" shows what takes it, "docker image prune" removes old images.',
    facts,
  })
}

type Words = readonly [test: RegExp, code: ProblemCode, hint: string, retryable: boolean]

/** In this order: a message may hold words of several. Those of Docker, containerd and Podman differ. */
const pullWords: readonly Words[] = [
  [
    /toomanyrequests|too many requests|rate limit/i,
    'E_RATE_LIMITED',
    'Wait until its limit ends, or log in to the registry: with an account the limit is higher.',
    true,
  ],
  [
    /verification failed|unexpected (commit )?digest|digest (did not|does not|doesn't) match|invalid checksum|digest mismatch/i,
    'E_CHECKSUM_MISMATCH',
    'Nothing was started. Try again; if it stays so, something between here and the registry changes what it sends.',
    false,
  ],
  [
    /unauthorized|access denied|denied:|no basic auth|authentication required|forbidden|\b40[13]\b/i,
    'E_UNAUTHORIZED',
    'Check the name of the image; if it is private, log in with "docker login" as the user that runs belay, or set username and password in source.',
    false,
  ],
  [
    /manifest unknown|name unknown|no matching manifest|not found|no such (manifest|image)|\b404\b/i,
    'E_NOT_FOUND',
    'It was removed from the registry, or never had an image for this platform: check again ("belay check --force").',
    false,
  ],
  [
    /HTTP response to HTTPS client/i,
    'E_PULL_FAILED',
    'The registry speaks plain http: allow it to the engine as well, under "insecure-registries" in /etc/docker/daemon.json.',
    false,
  ],
  [
    /x509|certificate/i,
    'E_PULL_FAILED',
    'The engine does not trust the registry: put its authority into /etc/docker/certs.d/HOST/ca.crt.',
    false,
  ],
  [
    /no such host|connection (refused|reset)|i\/o timeout|timeout|unreachable|\bEOF\b|deadline exceeded|no route|temporary failure|\b50[0-9]\b/i,
    'E_NETWORK',
    'The engine cannot reach the registry: check the network and its proxy, then try again.',
    true,
  ],
]

/** Why an engine could not pull, by its own words: the status was 200 before it knew. */
export function pullFailed(reference: string, said: string): BelayError {
  const text = said.trim() === '' ? 'the engine does not say why' : cleanText(said, saidCharsMax)
  const facts = { image: reference, said: text }
  if (/no space left on device|disk quota exceeded/i.test(text)) return diskFull(text, facts)
  // An image may be called "timeout" or "forbidden".
  const words = text.replaceAll(reference, '').replaceAll(reference.slice(0, Math.max(reference.indexOf('@'), 0)), '')
  const known = pullWords.find(([test]) => test.test(words))
  const [, code, hint, retryable] = known ?? [null, 'E_PULL_FAILED' as const, 'Its own words say why.', true]
  return fail(code, `${reference} cannot be pulled: ${text}`, { hint, retryable, facts })
}

export function loadFailed(name: string, said: string): BelayError {
  const text = said.trim() === '' ? 'the engine does not say why' : cleanText(said, saidCharsMax)
  const facts = { image: name, said: text }
  if (/no space left on device|disk quota exceeded/i.test(text)) return diskFull(text, facts)
  return fail('E_PULL_FAILED', `the engine did not take ${name} from the bundle: ${text}`, {
    hint: 'Its own words say why. Layers in zstd need Docker 23 or later.',
    retryable: true,
    facts,
  })
}

export function notPulled(reference: string): BelayError {
  return fail('E_PULL_FAILED', `${reference} is not there, although the engine said nothing of a failure`, {
    hint: 'Try again; if it stays so, its log says more: "journalctl -u docker".',
    retryable: true,
    facts: { image: reference },
  })
}

export function wrongImage(reference: string, digests: readonly string[]): BelayError {
  return fail('E_CHECKSUM_MISMATCH', `what the engine has as ${reference} is another image`, {
    hint: 'Nothing was started. Remove that image and try again; if it stays so, ask the publisher.',
    facts: { image: reference, digests: [...digests] },
  })
}
