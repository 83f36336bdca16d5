import { type BelayError, fail } from '../model/problem.ts'

export const passwordLengthMin = 12
/** Hashing must not become work for its own sake. */
export const passwordLengthMax = 256

/** Why a password is not taken; null: it is. It never says what was typed. */
export function passwordFault(password: string, name: string): BelayError | null {
  const length = Array.from(password).length
  if (length < passwordLengthMin || length > passwordLengthMax) {
    return refused(`The password must have between ${passwordLengthMin} and ${passwordLengthMax} characters.`)
  }
  if (new Set(password).size < 5) return refused('The password repeats the same few characters.')
  const rest = password.toLowerCase().replaceAll(name.toLowerCase(), '').replaceAll('belay', '')
  return rest.length < passwordLengthMin / 2 ? refused('The password is hardly more than the name.') : null
}

function refused(message: string): BelayError {
  return fail('E_USAGE', message, { hint: 'Take a longer one: four words that have nothing to do with each other do.' })
}
