import { type BelayError, fail } from '../../core/model/problem.ts'

/** All sentences about logins that cannot be had. They name files, programs and hosts, and repeat nothing that was in them. */

export function fileUnreadable(path: string, errno: string): BelayError {
  return fail('E_PERMISSION', `the logins in ${path} cannot be read (${errno})`, {
    hint: `Let the user that belay runs as read ${path}, or log in as that user.`,
    facts: { path, errno },
  })
}

// What the parser says repeats a piece of the text, so it is no cause here.
export function fileInvalid(path: string, what: string): BelayError {
  return fail('E_CONFIG_INVALID', `the logins in ${path} cannot be understood: ${what}`, {
    hint: `Log in again (docker login, podman login), or mend ${path}.`,
    facts: { path },
  })
}

export function helperMissing(program: string, host: string, path: string): BelayError {
  return fail('E_COMMAND_NOT_FOUND', `there is no program "${program}", which ${path} names for the login of ${host}`, {
    hint: `Install ${program}, or take it out of ${path} and log in again.`,
    facts: { program, host, path },
  })
}

const byHand = (program: string, key: string): string =>
  `Try it as the same user: echo ${key} | ${program} get. A keychain may have to be unlocked first.`

export function helperFailed(program: string, key: string, code: number | null): BelayError {
  return fail('E_COMMAND_FAILED', `${program} could not give the login of ${key} (code ${code ?? 'none'})`, {
    hint: byHand(program, key),
    facts: { program, key, code },
  })
}

export function helperSilent(program: string, key: string, timeoutMs: number): BelayError {
  return fail('E_TIMEOUT', `${program} did not give the login of ${key} within ${timeoutMs / 1000} s`, {
    hint: byHand(program, key),
    retryable: true,
    facts: { program, key, timeoutMs },
  })
}

export function helperUnclear(program: string, key: string): BelayError {
  return fail('E_COMMAND_FAILED', `${program} answered something that is no login of ${key}`, {
    hint: byHand(program, key),
    facts: { program, key },
  })
}
