import { stripVTControlCharacters } from 'node:util'
import { exists } from '../tree/stat.ts'
import { lastLines } from '../process/tail.ts'
import { readVariables } from './dotenv.ts'
import { type ComposeProject, environmentFileOf } from './project.ts'
import { readTextFile } from './text-file.ts'

/** What a compose program wrote to people: its own words, bounded, without what is secret. */

const linesMax = 20
const charsMax = 500
/** Shorter ones are ports, flags and words of the sentence itself. */
const secretCharsMin = 6
/** A version is what a message about an image is about, and nobody's password. */
const versionShape = /^v?\d+(?:\.\d+)+[\w.+-]*$/

export interface Said {
  readonly lines: readonly string[]
  readonly warnings: readonly string[]
}

/** Splits what stands on standard error into warnings and the rest; values of the environment file become `***`. */
export async function wordsOf(output: string, project: ComposeProject): Promise<Said> {
  const secrets = await secretsOf(project)
  const said = lastLines(stripVTControlCharacters(output), linesMax, charsMax).map((line) =>
    unwrap(hide(line, secrets)),
  )
  return {
    lines: said.filter(({ warning }) => !warning).map(({ text }) => text),
    warnings: [...new Set(said.filter(({ warning }) => warning).map(({ text }) => text))],
  }
}

async function secretsOf(project: ComposeProject): Promise<readonly string[]> {
  const file = environmentFileOf(project)
  if (!(await exists(file))) return []
  const values = readVariables((await readTextFile(file)).text).map(({ scalar }) => scalar.value)
  const secret = values.filter((value) => value.length >= secretCharsMin && !versionShape.test(value))
  return secret.toSorted((a, b) => b.length - a.length)
}

function hide(line: string, secrets: readonly string[]): string {
  return secrets.reduce((text, secret) => text.replaceAll(secret, '***'), line)
}

/** `time="…" level=warning msg="…"` of the second generation, `WARNING: …` of the first. */
function unwrap(line: string): { readonly text: string; readonly warning: boolean } {
  const logged = /^time="[^"]*" level=(\w+) msg="((?:[^"\\]|\\.)*)"/.exec(line)
  if (logged !== null) return { text: (logged[2] ?? '').replaceAll(/\\(.)/g, '$1'), warning: logged[1] === 'warning' }
  const [, warned, text = line] = /^(WARNING: |WARN\[\d+\] )?(?:ERROR: )?(.*)$/.exec(line) ?? []
  return { text, warning: warned !== undefined || /variable is not set\. Defaulting to a blank string/.test(text) }
}
