import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../../core/model/problem.ts'
import { lastLines } from '../../host/process/tail.ts'
import { run } from '../../host/process/run.ts'
import { atomicWrite } from '../../host/tree/durable.ts'
import { type ForwardManager, forwardArgv } from './manager.ts'
import { serviceText, socketText, unitsOf } from './units.ts'

const timeoutMs = 60_000
const never = new AbortController().signal

/** Two units of the system: one holds the port, the other one forwards. */
export function systemdForwards(program: readonly [string, ...string[]], unitsDir: string): ForwardManager {
  const put = async (unit: string, text: string): Promise<boolean> => {
    const path = join(unitsDir, unit)
    if ((await readFile(path, 'utf8').catch(() => null)) === text) return false
    await atomicWrite(path, text, { mode: 0o644 })
    return true
  }
  return {
    async start(folder, listen) {
      const { service, socket } = unitsOf(folder)
      const moved = await put(socket, socketText(folder, listen))
      const changed = await put(service, serviceText(folder, forwardArgv(program, folder)))
      if (!moved && !changed && (await isActive(service))) return
      await systemctl(['daemon-reload'])
      await systemctl(['--quiet', 'enable', socket, service])
      // A socket that is in use cannot be moved.
      if (moved) await systemctl(['stop', service, socket])
      await systemctl(['start', socket, service])
    },
    async end(folder) {
      const { service, socket } = unitsOf(folder)
      if ((await readFile(join(unitsDir, socket), 'utf8').catch(() => null)) === null) return
      await systemctl(['--quiet', 'disable', '--now', socket, service])
      for (const unit of [service, socket]) await rm(join(unitsDir, unit), { force: true })
      await systemctl(['daemon-reload'])
    },
    lives: async (folder) => isActive(unitsOf(folder).socket),
    async lastWords(folder) {
      const { service, socket } = unitsOf(folder)
      const units = [`--unit=${service}`, `--unit=${socket}`]
      const said = await call(['journalctl', '--quiet', '--output=cat', '--lines=5', ...units]).catch(() => null)
      return said === null ? null : (lastLines(said.stdout, 1)[0] ?? null)
    },
  }
}

async function systemctl(args: readonly string[]): Promise<void> {
  const { code, stderr } = await call(['systemctl', '--no-ask-password', ...args])
  if (code === 0) return
  throw fail('E_TRAFFIC_UNREACHABLE', `systemctl ${args.join(' ')}: ${stderr.trim().slice(0, 500)}`, {
    hint: 'Its words say why, and "journalctl -u" with that unit says more. Often the port is taken by another program.',
    retryable: true,
  })
}

async function isActive(unit: string): Promise<boolean> {
  return (await call(['systemctl', 'is-active', '--quiet', unit])).code === 0
}

function call(argv: readonly [string, ...string[]]) {
  return run({ argv, cwd: '/', env: { LC_ALL: 'C', SYSTEMD_COLORS: '0', SYSTEMD_PAGER: '' }, timeoutMs, signal: never })
}
