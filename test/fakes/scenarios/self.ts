import { writeFile } from 'node:fs/promises'
import type { Trial } from '../../../src/core/self/trial.ts'
import { writeTrial } from '../../../src/host/self/record.ts'
import type { StepRoom } from '../steps.ts'
import type { Scenarios } from './scenario.ts'

const previous = { node: '/usr/bin/node', file: '/opt/belay/releases/1.0.0/dist/belay.js' }
const candidate = { node: '/usr/bin/node', file: '/opt/belay/releases/1.1.0/dist/belay.js' }

const trial = (here: StepRoom): Trial => ({ run: here.context.run, previous, candidate, tries: 3, confirmed: false })

/** Steps of runs that move Belay itself. */
export const selfScenarios: Scenarios<'trial' | 'confirm'> = {
  trial: {
    step: (here) => ({ dir: here.at('srv/self'), previous, candidate, tries: 3 }),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  // What it writes lies in what `trial` takes away.
  confirm: {
    prepare: async (here) => {
      const dir = here.at('srv/self')
      await writeTrial(dir, trial(here))
      const answer = { run: here.context.run, identity: 'the new one', version: '1.1.0', pid: 1 }
      await writeFile(`${dir}/answer`, JSON.stringify(answer))
    },
    step: (here) => ({ dir: here.at('srv/self'), identity: 'the old one', timeoutMs: 1000 }),
    observed: ['absent', 'absent'],
    undoes: 'nothing',
  },
}
