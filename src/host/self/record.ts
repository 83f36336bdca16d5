import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Answer, formatTrial, parseTrial, type Trial } from '../../core/self/trial.ts'
import { fail } from '../../core/model/problem.ts'
import { atomicWrite, fsyncDir } from '../tree/durable.ts'

/**
 * `STATE/self`: `trial` is the driver's and the launcher's, `answer` the agent's. Both are there only while a run of Belay
 * itself is under way.
 */
export function selfDir(stateDir: string): string {
  return join(stateDir, 'self')
}

/** Null: nothing is on trial, or what is there was cut off. */
export async function readTrial(dir: string): Promise<Trial | null> {
  return parseTrial(await readFile(join(dir, 'trial'), 'utf8').catch(() => ''))
}

export async function writeTrial(dir: string, trial: Trial): Promise<void> {
  const text = formatTrial(trial)
  if (text === null) {
    throw fail('E_USAGE', 'Belay stands in a folder with a line break in its name.', {
      hint: 'Install it in a folder with a plain name.',
    })
  }
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await atomicWrite(join(dir, 'trial'), text, { mode: 0o600 })
  await fsyncDir(join(dir, '..'))
}

const answerBytesMax = 4096

export async function readAnswer(dir: string): Promise<Answer | null> {
  try {
    const text = await readFile(join(dir, 'answer'), 'utf8')
    const answer = JSON.parse(text.slice(0, answerBytesMax)) as Partial<Answer>
    return typeof answer.run === 'string' && typeof answer.identity === 'string' ? (answer as Answer) : null
  } catch {
    return null
  }
}

/** What an agent says of itself where something is on trial. Not durable: after a crash it starts, and says it, again. */
export function answerTrial(dir: string, self: Omit<Answer, 'run'>): Trial | null {
  let text = ''
  try {
    text = readFileSync(join(dir, 'trial'), 'utf8')
  } catch {
    return null
  }
  const trial = parseTrial(text)
  if (trial === null) return null
  const temporary = join(dir, `answer.${process.pid}`)
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  writeFileSync(temporary, JSON.stringify({ run: trial.run, ...self } satisfies Answer), { mode: 0o600 })
  renameSync(temporary, join(dir, 'answer'))
  return trial
}
