import { rm } from 'node:fs/promises'
import { fail } from '../../core/model/problem.ts'
import type { Beside } from '../../core/plan/plan.ts'
import { run } from '../process/run.ts'
import { atomicWrite } from '../tree/durable.ts'
import { join } from 'node:path'

type Unit = Extract<Beside, { kind: 'systemd' }>

const timeoutMs = 30_000
const never = new AbortController().signal

/** What a driver is given besides its words. `secret`: variables that are written down for their owner alone. */
export interface DriverEnvironment {
  readonly plain: Readonly<Record<string, string>>
  readonly secret: Readonly<Record<string, string>>
}

/**
 * Starts the driver as a unit of its own: outside of the agent's control group, so that no stop of the agent reaches it, and
 * started again by systemd until it has ended the run. One that is at work goes on. E_SELF_DRIVER.
 */
export async function startUnit(unit: Unit, stateDir: string, environment: DriverEnvironment): Promise<void> {
  if (await isAtWork(unit)) return
  await call(unit, ['systemctl', 'reset-failed', unit.unit])
  const secrets = environmentFile(stateDir)
  await atomicWrite(secrets, environmentText(environment.secret), { mode: 0o600 })
  const said = await call(unit, [
    'systemd-run',
    '--quiet',
    '--collect',
    `--unit=${unit.unit}`,
    '--service-type=exec',
    '--description=Belay: update Belay itself',
    ...properties(secrets),
    ...Object.entries(environment.plain).map(([name, value]) => `--setenv=${name}=${value}`),
    '--',
    ...unit.argv,
  ])
  // Somebody else may have been quicker.
  if (said.code === 0 || (await isAtWork(unit))) return
  throw fail('E_SELF_DRIVER', `The unit ${unit.unit} could not be started: ${said.stderr.trim().slice(0, 500)}`, {
    hint: 'Run belay as root, or as the user whose units it manages.',
  })
}

function properties(secrets: string): readonly string[] {
  return [
    'WorkingDirectory=/',
    'UMask=0022',
    `EnvironmentFile=-${secrets}`,
    'Restart=on-failure',
    'RestartSec=1',
    'StartLimitIntervalSec=0',
    // 3: undone, 4: a person is needed. Both are the end of it.
    'SuccessExitStatus=3 4',
    // Stopped with the host, it leaves the run to the next boot: there is no time, and no manager, for going back.
    'KillMode=process',
    'KillSignal=SIGKILL',
  ].map((property) => `--property=${property}`)
}

/** The driver undoes what it did, as after Ctrl-C. */
export async function interruptUnit(unit: Unit): Promise<void> {
  await call(unit, ['systemctl', 'kill', '--signal=SIGINT', unit.unit])
}

export async function tidyUnit(stateDir: string): Promise<void> {
  await rm(environmentFile(stateDir), { force: true })
}

async function isAtWork(unit: Unit): Promise<boolean> {
  const { stdout } = await call(unit, ['systemctl', 'is-active', unit.unit])
  return ['active', 'activating', 'reloading'].includes(stdout.trim())
}

async function call({ scope }: Unit, [program, ...words]: readonly [string, ...string[]]) {
  const user = scope === 'user' ? ['--user'] : []
  const runtime = `/run/user/${process.getuid?.() ?? 0}`
  // The manager of a user listens there; cron and sudo do not tell.
  const env = scope === 'user' ? { XDG_RUNTIME_DIR: runtime, DBUS_SESSION_BUS_ADDRESS: `unix:path=${runtime}/bus` } : {}
  return run({ argv: [program, ...user, ...words], cwd: '/', env, timeoutMs, signal: never })
}

function environmentFile(stateDir: string): string {
  return join(stateDir, 'self.environment')
}

/** systemd.exec(5): in double quotes, with a backslash before what would end or escape them. */
function environmentText(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}="${value.replaceAll(/["\\$`]/g, '\\$&')}"\n`)
    .join('')
}
