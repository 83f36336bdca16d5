import { type BelayError, fail } from '../../core/model/problem.ts'
import { lastLines, tellingLine } from './tail.ts'

/** All sentences about programs that could not do their work. They name the program alone: arguments are never repeated. */

const packages: Readonly<Record<string, string>> = {
  systemctl: 'This host has no systemd: use "service: {type: process, command: […]}", or run belay where systemd runs.',
  journalctl: 'Install systemd, which brings journalctl.',
  git: 'Install git.',
  xz: 'Install xz-utils.',
}

export function commandNotFound(program: string, cwd: string): BelayError {
  const hint = program.includes('/')
    ? `Make sure that ${program} exists in ${cwd} and is executable.`
    : (packages[program] ?? `Install ${program}, or write its whole path.`)
  return fail('E_COMMAND_NOT_FOUND', `there is no program "${program}"`, { hint, facts: { program, cwd } })
}

export function folderMissing(cwd: string): BelayError {
  return fail('E_PATH_INVALID', `the folder ${cwd} is not there, so nothing can be run in it`, {
    hint: 'Check the path in the config.',
    facts: { cwd },
  })
}

export function timedOut(program: string, timeoutMs: number, output: string): BelayError {
  return fail('E_TIMEOUT', `${program} did not end within ${timeoutMs / 1000} s and was stopped`, {
    hint: 'Look at its last lines; give it more time if it was only slow.',
    retryable: true,
    facts: { program, timeout_ms: timeoutMs, lines: [...lastLines(output, 10, 500)] },
  })
}

export function cancelled(program: string): BelayError {
  return fail('E_CANCELLED', `${program} was stopped because the run was cancelled`, {
    hint: 'Run the command again when you are ready.',
    retryable: true,
    facts: { program },
  })
}

export function commandFailed(program: string, code: number | null, signal: string | null, output: string): BelayError {
  const lines = lastLines(output, 10, 500)
  const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`
  const last = tellingLine(lines)
  return fail('E_COMMAND_FAILED', last === undefined ? `${program} ${how}` : `${program} ${how}: ${last}`, {
    hint: 'Run it by hand in that folder, as the same user, to see why.',
    facts: { program, code, signal, lines: [...lines] },
  })
}
