import { realpathSync } from 'node:fs'
import { type Problem, problem } from '../core/model/problem.ts'
import type { Beside } from '../core/plan/plan.ts'
import { type Program, trialTries } from '../core/self/trial.ts'
import { ownContainerId } from '../host/self/own-container.ts'
import { selfDir } from '../host/self/record.ts'
import type { SelfParts, SelfQuestion } from '../ports/self.ts'
import type { Settings } from '../protocol/settings.ts'
import { programFile } from './program-file.ts'

/** How long a new version may take until it has shown that it works. */
const confirmTimeoutMs = 60_000

export interface SelfPlace {
  readonly settings: Settings
  readonly stateDir: string
}

/** What an agent of that program answers. One that runs in a container is another one in the next. */
export async function identityOf(program: string): Promise<string> {
  return `${(await ownContainerId()) ?? 'host'} ${program}`
}

export async function ownIdentity(): Promise<string> {
  return identityOf(realpathSync(programFile()))
}

export interface Moved {
  readonly previous: Program
  readonly candidate: Program
  /** Of the agent that runs now. */
  readonly identity: string
  /** For people: what drives the run. */
  readonly where: string
}

/** What all such runs have. */
export function selfParts(
  { settings, stateDir }: SelfPlace,
  { installed, run }: SelfQuestion,
  { previous, candidate, identity, where }: Moved,
  beside: (argv: Beside['argv']) => Beside,
): SelfParts {
  const config = settings.file === null ? [] : ['--config', settings.file]
  const dir = selfDir(stateDir)
  return {
    beside: beside([previous.node, previous.file, ...config, '--state', stateDir, 'resume', '--here', run]),
    trial: {
      kind: 'trial',
      phase: 'stopped',
      detail: `${trialTries} starts to show that it works`,
      dir,
      previous,
      candidate,
      tries: trialTries,
    },
    confirm: {
      kind: 'confirm',
      phase: 'after',
      detail: 'the new agent answers',
      dir,
      identity,
      timeoutMs: confirmTimeoutMs,
    },
    note: `This is Belay itself: ${installed.version ?? 'the version that runs now'} carries the run from beside, in ${where}, and puts itself back when the other one does not show that it works.`,
  }
}

export function layoutProblem({ settings }: SelfQuestion, how: string): Problem {
  return problem('E_SELF_LAYOUT', `${settings.name} is Belay itself, and it cannot move itself with ${how}.`, {
    hint: 'Install it with strategy: { type: directory, layout: slots, service: { type: systemd, … } } and run it from current (belay service install), or as a service of a compose file. Until then update it by hand.',
  })
}
