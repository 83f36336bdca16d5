import { access, constants } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname } from 'node:path'
import { classify, pathsOfInterest } from '../../core/detect/classify.ts'
import type { Deployment } from '../../core/detect/deployment.ts'
import type { AccessReading, Reading, Readings } from '../../core/detect/readings.ts'
import { environmentFor } from '../process/environment.ts'
import { ownIdentity } from '../process/identity.ts'
import { findProgram } from '../process/program.ts'
import { ask } from './ask.ts'
import { readCheckout } from './checkout.ts'
import { readComposePrograms, readEngines } from './engines.ts'
import { readFiles } from './files.ts'
import { readFolders } from './folders.ts'
import { readProcesses } from './processes.ts'
import { reading } from './read.ts'
import { readSystemd } from './systemd.ts'

const wholeTimeoutMs = 20_000
const sudoTimeoutMs = 3000

export interface DetectOptions {
  /** The folder that a person stands in: it may be a checkout that they work in. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Belay's own folder. */
  readonly program: string
}

/** What this host is and what fits it. Looks only, bounded in everything, and never throws: what fails is a reading. */
export async function detectDeployment(options: DetectOptions): Promise<Deployment> {
  return classify(await readMachine(options))
}

export async function readMachine({ cwd, env, program }: DetectOptions): Promise<Readings> {
  const signal = AbortSignal.timeout(wholeTimeoutMs)
  const home = homeOf(env)
  const linux = process.platform === 'linux'
  const nothing = { errno: 'ENOENT' }
  const [files, systemd, engines, processes, folders, checkout, sudo, programs] = await Promise.all([
    linux ? readFiles() : {},
    linux ? readSystemd(home, signal) : noSystemd,
    readEngines(env, signal),
    linux ? reading(async () => readProcesses()) : nothing,
    process.platform === 'win32' ? [] : readFolders(home, cwd),
    reading(() => readCheckout(cwd, signal)),
    askSudo(signal),
    readPrograms(),
  ])
  const composePrograms = await readComposePrograms(engines, signal)
  const uid = process.getuid?.() ?? null
  const { platform } = process
  const known = { v: 1 as const, platform, uid, home, program, ...systemd }
  const seen = { files, engines, processes, folders, checkout, sudo, programs, composePrograms }
  const readings: Readings = { ...known, ...seen, access: {} }
  return { ...readings, access: await readAccess(pathsOfInterest(readings)) }
}

const noSystemd = {
  systemManager: { errno: 'ENOENT' },
  userManager: { errno: 'ENOENT' },
  units: { errno: 'ENOENT' },
  ownUnit: { errno: 'ENOENT' },
} satisfies Partial<Readings>

function homeOf(env: DetectOptions['env']): string {
  const home = env['HOME'] ?? ''
  return home.startsWith('/') ? home : homedir()
}

/** It never asks for a password: it fails where it would have to. */
async function askSudo(signal: AbortSignal): Promise<Reading<true>> {
  if (process.platform === 'win32' || process.getuid?.() === 0) return { errno: 'ENOENT' }
  return reading(async () => {
    const { code } = await ask(['sudo', '-n', 'true'], { timeoutMs: sudoTimeoutMs, signal })
    if (code === 0) return true as const
    throw Object.assign(new Error('sudo refuses'), { code: 'EPERM' })
  })
}

const programsLookedFor = [
  'docker',
  'docker-compose',
  'podman',
  'podman-compose',
  'git',
  'systemctl',
  'sudo',
  'crontab',
  'pg_dump',
  'mysqldump',
  'mariadb-dump',
] as const

async function readPrograms(): Promise<readonly string[]> {
  const path = environmentFor(process.env, ownIdentity(), {})['PATH'] ?? ''
  const found = programsLookedFor.map(async (name) => ((await findProgram(name, '/', path)) === null ? [] : [name]))
  return (await Promise.all(found)).flat()
}

/** By the system's rules of rights, read-only mounts and user namespaces included; nothing is made to find out. */
async function readAccess(paths: readonly string[]): Promise<Readonly<Record<string, AccessReading>>> {
  const may = (path: string) =>
    reading(async () => {
      await access(path, constants.W_OK | constants.X_OK)
      return true as const
    })
  const read = paths.map(async (path) => [path, { itself: await may(path), parent: await may(dirname(path)) }] as const)
  return Object.fromEntries(await Promise.all(read))
}
