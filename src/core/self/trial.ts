import type { RunId } from '../model/names.ts'

/**
 * A version of Belay that has been switched to and has not shown yet that it works, as boot counters do it. The driver of
 * the run writes it, the launcher counts the tries down, and both the old and the new program read it; so does a shell,
 * which is why it is lines of `key value`.
 */
export interface Trial {
  readonly run: RunId
  readonly previous: Program
  readonly candidate: Program
  /** Starts that the candidate has left. */
  readonly tries: number
  readonly confirmed: boolean
}

/** `file` as the kernel sees it, no link on the way; `node` runs it. */
export interface Program {
  readonly node: string
  readonly file: string
}

export const trialTries = 3

const header = 'belay-trial 1'

/** Null: a line break in a path, which no line can hold. */
export function formatTrial({ run, previous, candidate, tries, confirmed }: Trial): string | null {
  const lines = [
    header,
    `run ${run}`,
    `previous-node ${previous.node}`,
    `previous ${previous.file}`,
    `candidate-node ${candidate.node}`,
    `candidate ${candidate.file}`,
    `confirmed ${confirmed ? 'yes' : 'no'}`,
    `tries ${tries}`,
  ]
  return lines.some((line) => /[\r\n]/.test(line)) ? null : `${lines.join('\n')}\n`
}

/** Null: nothing that can be understood. The last line is the counter: a text that was cut off has none. */
export function parseTrial(text: string): Trial | null {
  const [first, ...lines] = text.split('\n')
  const words = new Map(lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]))
  const of = (key: string) => words.get(key) ?? ''
  const tries = /^\d{1,3}$/.test(of('tries')) ? Number(of('tries')) : null
  const run = of('run')
  if (first !== header || lines.at(-1) !== '' || tries === null || !/^r-[0-9a-f]+$/.test(run) || of('candidate') === '')
    return null
  return {
    run: run as RunId,
    previous: { node: of('previous-node'), file: of('previous') },
    candidate: { node: of('candidate-node'), file: of('candidate') },
    tries,
    confirmed: of('confirmed') === 'yes',
  }
}

/** What the launcher starts, and the trial as it is to be written before. */
export interface Choice {
  readonly start: 'candidate' | 'previous'
  readonly trial: Trial
}

/**
 * `agent`: the candidate while it has tries left, each start costing one until it is confirmed. `resume`: whatever puts
 * things right is the code that did so before.
 */
export function choose(trial: Trial, role: 'agent' | 'resume'): Choice {
  if (role === 'resume') return { start: 'previous', trial }
  if (trial.confirmed) return { start: 'candidate', trial }
  if (trial.tries === 0) return { start: 'previous', trial }
  return { start: 'candidate', trial: { ...trial, tries: trial.tries - 1 } }
}

/** What an agent that has started says of itself: it read the config, opened the state, and listens where it is to. */
export interface Answer {
  readonly run: string
  /** Which program in which container: another one than before is the new one. */
  readonly identity: string
  readonly version: string
  readonly pid: number
}

export type Verdict = 'waiting' | 'confirmed' | 'used-up'

/** Whether the candidate has shown itself. The one that ran before cannot speak for it. */
export function judge(trial: Trial, answer: Answer | null, previousIdentity: string): Verdict {
  if (trial.confirmed) return 'confirmed'
  if (answer !== null && answer.run === trial.run && answer.identity !== previousIdentity) return 'confirmed'
  return trial.tries === 0 && answer !== null && answer.run === trial.run ? 'used-up' : 'waiting'
}
