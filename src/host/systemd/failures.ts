import { type BelayError, fail } from '../../core/model/problem.ts'
import { lastLines } from '../process/tail.ts'
import type { Manager } from './scope.ts'

/** All sentences about systemd that could not do what it was asked. */

const noSystemd = 'Use "service: {type: process, command: […]}" on a host without systemd.'

/** What systemctl itself could not do, whatever it was asked; null when it was about the unit. */
export function managerFailure(manager: Manager, stderr: string): BelayError | null {
  const said = lastLines(stderr, 3, 300).join(' ')
  const facts = { scope: manager.scope, said }
  if (/not been booted with systemd/i.test(stderr)) {
    return fail('E_PLATFORM', 'this host was not booted with systemd', { hint: noSystemd, facts })
  }
  if (/Interactive authentication required|Access denied|Permission denied|not privileged/i.test(stderr)) {
    return fail('E_PERMISSION', `systemd refuses: ${said}`, { hint: 'Run belay as root.', facts })
  }
  if (/Failed to connect to (the )?(user )?.*bus|Failed to get D-Bus connection/i.test(stderr)) {
    const user = manager.user ?? '$USER'
    const hint =
      manager.scope === 'user'
        ? `Its user manager does not run: "loginctl enable-linger ${user}" starts it with the host.`
        : noSystemd
    return fail('E_PLATFORM', `systemd cannot be reached: ${said}`, { hint, facts, retryable: true })
  }
  return null
}

export function unitNotFound(manager: Manager, unit: string, loadState: string): BelayError {
  const call = manager.scope === 'user' ? 'systemctl --user' : 'systemctl'
  const hint =
    loadState === 'masked'
      ? `It is masked: "${call} unmask ${unit}", if it is meant to run.`
      : `"${call} list-unit-files '*.service'" shows what there is.`
  return fail('E_SERVICE_NOT_FOUND', `there is no unit ${unit} (${loadState})`, {
    hint,
    facts: { unit, state: loadState },
  })
}

export function actionFailed(
  verb: 'start' | 'stop',
  manager: Manager,
  unit: string,
  stderr: string,
  lines: readonly string[],
): BelayError {
  const own = lastLines(stderr, 1, 300)[0]
  const journalctl = manager.scope === 'user' ? 'journalctl --user' : 'journalctl'
  // A resume that could not end a run keeps the services behind it down, on purpose.
  const hint = /dependency/i.test(stderr)
    ? `A unit that it needs failed: "systemctl list-dependencies ${unit}" shows which; if it is belay-resume, run "belay resume".`
    : `"${journalctl} -u ${unit} -n 50" shows what it said.`
  return fail(
    verb === 'start' ? 'E_SERVICE_START' : 'E_SERVICE_STOP',
    own === undefined ? `${unit} does not ${verb}` : `${unit} does not ${verb}: ${own}`,
    { hint, facts: { unit, lines: [...lines] } },
  )
}
