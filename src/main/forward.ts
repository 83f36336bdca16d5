import { ftruncateSync, fstatSync } from 'node:fs'
import { serveControl, readTarget } from '../host/forward/control.ts'
import type { Load } from '../host/forward/load.ts'
import { startForwarder } from '../host/forward/forwarder.ts'
import { forwardFolder, targetName } from '../host/forward/target.ts'
import { idleMemory } from './idle-memory.ts'

/**
 * The process that forwards: `forward NAME STATE`. It reads one file and loads nothing later, so that neither an update of Belay nor
 * a full disk reaches it. Ends with 0 when it was told to, and with 2 when starting it again would change nothing.
 */
const [name = '', stateDir = ''] = process.argv.slice(3)
const finishMs = 10_000
const logBytesMax = 1024 * 1024
/** sd_listen_fds(3). */
const firstFd = 3

function end(code: number, text: string): never {
  process.stderr.write(`belay forward ${name}: ${text}\n`)
  process.exit(code)
}

function handedFd(): number | null {
  const { LISTEN_PID, LISTEN_FDS } = process.env
  return LISTEN_PID === String(process.pid) && Number(LISTEN_FDS) > 0 ? firstFd : null
}

/** Its log is a file where no service manager keeps one. */
function boundLog(): void {
  const log = fstatSync(2)
  if (log.isFile() && log.size > logBytesMax) ftruncateSync(2, 0)
}

const lookMs = 10_000

/** What a busy hour took is given back to the host when it is quiet again. */
function giveBack(load: Load): void {
  const rest = idleMemory()
  let seen = -1
  setInterval(() => {
    if (load.begun !== seen) rest()
    seen = load.begun
  }, lookMs).unref()
}

if (name === '' || stateDir === '') end(2, 'needs the name of a component and a state folder')
boundLog()
process.title = `belay forward ${name}`
process.chdir(forwardFolder(stateDir, name).dir)
const target = await readTarget(targetName)
if (target === null) end(2, `${targetName} is missing or not whole`)
const { host, port } = target.listen
const forwarder = await startForwarder(target, handedFd()).catch((error: unknown) =>
  end(2, `cannot listen at ${host}:${port}: ${String(error)}`),
)
giveBack(forwarder.places.load)
const control = await serveControl(forwarder.places)
const stop = () => {
  control.close()
  forwarder.close(finishMs).then(
    () => process.exit(0),
    (error: unknown) => end(1, String(error)),
  )
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop)
process.stderr.write(`belay forward ${name}: listening at ${host}:${port}, process ${process.pid}\n`)
