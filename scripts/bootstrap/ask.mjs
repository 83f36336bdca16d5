// @ts-check
import { createInterface } from 'node:readline/promises'

/** Whether a person is there to answer. `CI=true` means that nobody is, whatever the terminal says. */
export function someoneIsThere() {
  return process.stdin.isTTY && process.stdout.isTTY && process.env['CI'] !== 'true'
}

/**
 * Asks a yes-or-no question on the terminal; Enter is yes.
 * @param {string} question
 * @returns {Promise<boolean>}
 */
export async function confirm(question) {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const answer = await terminal.question(`${question} [Y/n] `)
    return !/^\s*n/i.test(answer)
  } finally {
    terminal.close()
  }
}
