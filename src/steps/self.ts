import { fail } from '../core/model/problem.ts'
import { judge } from '../core/self/trial.ts'
import { readAnswer, readTrial, writeTrial } from '../host/self/record.ts'
import { removeTree } from '../host/tree/remove.ts'
import type { StepHandler } from '../ports/step.ts'
import type { StepPorts } from './ports.ts'

const lookMs = 100

/** Before anything of the new version can be started. A new trial is written over whatever an older one left. */
export function trialHandler(): StepHandler<'trial'> {
  return {
    async apply({ dir, previous, candidate, tries }, { run }) {
      await removeTree(dir)
      await writeTrial(dir, { run, previous, candidate, tries, confirmed: false })
      return {}
    },
    observe: async ({ dir }, { run }) => ((await readTrial(dir))?.run === run ? 'present' : 'absent'),
    undo: async ({ dir }) => removeTree(dir),
  }
}

/** The old code asks, and judges: what the new one says of itself is only an answer. */
export function confirmHandler({ clock }: StepPorts): StepHandler<'confirm'> {
  return {
    async apply({ dir, identity, timeoutMs }, { run, signal }) {
      for (let waitedMs = 0; ; waitedMs += lookMs) {
        const trial = await readTrial(dir)
        if (trial === null || trial.run !== run) throw gone(dir)
        const answer = await readAnswer(dir)
        const verdict = judge(trial, answer, identity)
        if (verdict === 'confirmed') {
          if (!trial.confirmed) await writeTrial(dir, { ...trial, confirmed: true })
          return answer === null ? {} : { version: answer.version, pid: answer.pid, waited_ms: waitedMs }
        }
        if (verdict === 'used-up') throw unconfirmed('ended each time it was started')
        if (waitedMs >= timeoutMs) throw unconfirmed(`did not say within ${timeoutMs / 1000} s that it works`)
        await clock.sleep(lookMs, signal)
      }
    },
    observe: async () => 'absent',
    undo: async () => {},
  }
}

function unconfirmed(what: string) {
  return fail('E_SELF_UNCONFIRMED', `The new version of Belay ${what}.`, {
    hint: 'Its own log says why: journalctl -u belay-agent, or the log of its container.',
  })
}

function gone(dir: string) {
  return fail('E_SELF_UNCONFIRMED', `The record of the trial in ${dir} is gone, so nobody can tell which Belay runs.`, {
    hint: 'Nothing but belay may write there. Run the update again.',
  })
}
