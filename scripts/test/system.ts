import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { confirm, someoneIsThere } from '../bootstrap/ask.mjs'
import { findUnavailable, isRoot, type Requirement, type TestFile, type Unavailable } from './requirements.ts'

/** Waits for another apt-get instead of failing: package managers of a fresh machine update themselves. */
const lockWaitSeconds = 300

function aptGet(...args: string[]): boolean {
  const options = ['-o', `DPkg::Lock::Timeout=${lockWaitSeconds}`, '-qq']
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync('apt-get', [...options, ...args], { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0
}

/**
 * Which suites cannot run here. On Debian as root the packages they lack are installed first: unasked with `CI=true`, after a
 * yes on a terminal, and otherwise not at all, because a test command must not change a machine behind its owner's back.
 */
export async function settleRequirements(
  files: readonly TestFile[],
  requirements: readonly Requirement[],
): Promise<Unavailable[]> {
  const unavailable = findUnavailable(files, requirements)
  const wanted = unavailable.flatMap(({ missing }) => missing.flatMap(({ from }) => (from === null ? [] : [from])))
  const packages = [...new Set(wanted)]
  if (packages.length === 0 || !isRoot() || !existsSync('/etc/debian_version')) return unavailable
  const unasked = process.env['CI'] === 'true'
  if (!unasked && !someoneIsThere()) return unavailable
  const suites = unavailable.map(({ requirement }) => requirement.suite).join('; ')
  console.log(`For tests of ${suites}: apt-get install ${packages.join(' ')}`)
  if (!unasked && !(await confirm('Install these system packages?'))) return unavailable
  if (!aptGet('update') || !aptGet('install', '-y', '--no-install-recommends', ...packages)) {
    console.log('apt-get failed; its message is above')
  }
  return findUnavailable(files, requirements)
}
