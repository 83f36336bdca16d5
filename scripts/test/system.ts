import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { confirm, someoneIsThere } from '../bootstrap/ask.mjs'
import { isRoot, missingFor, type Requirement, type Unavailable } from './requirements.ts'

/** Waits for another apt-get instead of failing: package managers of a fresh machine update themselves. */
const lockWaitSeconds = 300

function check(requirements: readonly Requirement[]): Unavailable[] {
  return requirements
    .map((requirement) => ({ requirement, missing: missingFor(requirement) }))
    .filter(({ missing }) => missing.length > 0)
}

function aptGet(...args: string[]): boolean {
  const options = ['-o', `DPkg::Lock::Timeout=${lockWaitSeconds}`, '-qq']
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync('apt-get', [...options, ...args], { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0
}

/**
 * Which suites cannot run here. On Debian as root the packages they lack are installed first: unasked with `CI=true`, after a
 * yes on a terminal, and otherwise not at all, because a test command must not change a machine behind its owner's back.
 */
export async function settleRequirements(requirements: readonly Requirement[]): Promise<Unavailable[]> {
  const unavailable = check(requirements)
  const packages = [...new Set(unavailable.flatMap(({ requirement }) => requirement.packages))]
  if (packages.length === 0 || !isRoot() || !existsSync('/etc/debian_version')) return unavailable
  const suites = unavailable.map(({ requirement }) => requirement.suite).join(', ')
  const unasked = process.env['CI'] === 'true'
  if (!unasked && !someoneIsThere()) return unavailable
  console.log(`For the suites ${suites}: apt-get install ${packages.join(' ')}`)
  if (!unasked && !(await confirm('Install these system packages?'))) return unavailable
  if (!aptGet('update') || !aptGet('install', '-y', '--no-install-recommends', ...packages)) {
    console.log('apt-get failed; its message is above')
  }
  return check(requirements)
}
