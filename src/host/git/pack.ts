import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { prepareLaunch } from '../process/launch.ts'
import { lastLines, Tail } from '../process/tail.ts'
import { gitFailed } from './failures.ts'
import { gitCommand, type Place } from './run.ts'

const saidBytesMax = 16 * 1024
/** A pack that does not grow for so long never will. */
const stallMs = 10 * 60_000

/** Objects as one pack: what `revs`, in the words of rev-list, names. Ends with the loop that reads it. */
export async function* packOf(place: Place, revs: readonly string[], signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const child = await started(place, ['pack-objects', '--revs', '--stdout', '--delta-base-offset', '-q'], signal)
  const said = new Tail(saidBytesMax)
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk))
  child.stdin?.end(`${revs.join('\n')}\n`)
  const ended = endOf(child)
  try {
    for await (const chunk of child.stdout ?? []) yield chunk as Buffer
    const code = await ended
    signal.throwIfAborted()
    if (code !== 0) throw gitFailed(place.dir, code, said.text())
  } finally {
    if (child.exitCode === null) child.kill('SIGKILL')
  }
}

/** Takes a pack into a repository, and proves every object in it by its id. Gives how many bytes came. */
export async function takePack(
  place: Place,
  chunks: AsyncIterable<Uint8Array>,
  { signal, mark, onBytes }: { signal: AbortSignal; mark: string; onBytes: (bytes: number) => void },
): Promise<number> {
  const child = await started(place, ['index-pack', '--stdin', '--fix-thin'], signal, { BELAY_GIT: mark })
  const [said, out] = [new Tail(saidBytesMax), new Tail(saidBytesMax)]
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk))
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
  const ended = endOf(child)
  let bytes = 0
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length
      onBytes(bytes)
      if (child.stdin?.write(chunk) === false) await drained(child)
      if (child.exitCode !== null) break
    }
    child.stdin?.end()
    const code = await ended
    signal.throwIfAborted()
    if (code !== 0) throw gitFailed(place.dir, code, lastLines(said.text(), 20).join('\n'))
    return bytes
  } finally {
    if (child.exitCode === null) child.kill('SIGKILL')
  }
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('close', (code) => resolve(code))
    child.once('error', () => resolve(null))
  })
}

function drained(child: ChildProcess): Promise<unknown> {
  const timeout = AbortSignal.timeout(stallMs)
  return Promise.race([
    ...(child.stdin === null ? [] : [once(child.stdin, 'drain', { signal: timeout })]),
    once(child, 'exit', { signal: timeout }),
  ])
}

async function started(
  place: Place,
  args: readonly string[],
  signal: AbortSignal,
  env: Readonly<Record<string, string>> = {},
): Promise<ChildProcess> {
  const command = gitCommand(place, args, { env })
  const launch = await prepareLaunch({ ...command, cwd: place.dir, user: place.user })
  signal.throwIfAborted()
  const child = spawn(launch.file, launch.args, { ...launch.options, stdio: ['pipe', 'pipe', 'pipe'], signal })
  // A program that ends early closes its input; its exit code tells why.
  child.stdin.on('error', () => {})
  child.on('error', () => {})
  return child
}
