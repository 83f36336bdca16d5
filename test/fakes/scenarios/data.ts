import { writeFileSync } from 'node:fs'
import type { BackupRef } from '../../../src/core/plan/step.ts'
import { look } from '../../../src/host/tree/testing.ts'
import type { StepRoom } from '../steps.ts'
import type { Fields, Scenarios } from './scenario.ts'

function dataOf(here: StepRoom): BackupRef {
  return { component: 'app', data: { type: 'path', path: here.at('srv/data') }, dir: here.at('backups/app/one') }
}

async function backUp(here: StepRoom, id = 'one'): Promise<void> {
  here.plant({ 'srv/data/rows': 'first' })
  const ref = { ...dataOf(here), dir: here.at(`backups/app/${id}`) }
  const backup = await here.adapters.backup(ref.data)
  await backup.create({ ref, version: '1.0.0', run: `r-0000000${id.length}`, signal: here.context.signal })
}

const commandFields = (here: StepRoom, restore: Fields<'migrate'>['restore']) => ({
  argv: [process.execPath, '-e', 'require("node:fs").writeFileSync("data/rows", "second")'] as const,
  cwd: here.at('srv'),
  user: null,
  timeoutMs: 10_000,
  restore,
})

/** Steps that copy data, change it and bring it back. */
export const dataScenarios: Scenarios<
  'prepare' | 'migrate' | 'backup' | 'restore' | 'protect' | 'copy-backup' | 'prune-backups'
> = {
  prepare: {
    prepare: async (here) => here.plant({ 'srv/data/rows': 'first' }),
    step: (here) => commandFields(here, []),
    observed: ['absent', 'absent'],
    undoes: 'nothing',
  },
  migrate: {
    prepare: async (here) => backUp(here),
    step: (here) => commandFields(here, [{ backup: dataOf(here), aside: here.at('backups/app/aside') }]),
    observed: ['absent', 'absent'],
    undoes: 'all',
  },
  backup: {
    prepare: async (here) => here.plant({ 'srv/data/rows': 'first' }),
    step: (here) => ({
      version: '1',
      copies: [here.at('usb')],
      backup: dataOf(here),
    }),
    observed: ['absent', 'present'],
    undoes: 'nothing',
    seen: async (here) => look(here.dir),
  },
  restore: {
    prepare: async (here) => {
      await backUp(here)
      writeFileSync(here.at('srv/data/rows'), 'written since')
    },
    step: (here) => ({
      restore: { backup: dataOf(here), aside: here.at('backups/app/aside') },
    }),
    observed: ['absent', 'absent'],
    undoes: 'all',
  },
  protect: {
    prepare: async (here) => backUp(here),
    step: (here) => ({ restore: [{ backup: dataOf(here), aside: here.at('backups/app/aside') }] }),
    observed: ['present', 'present'],
    undoes: 'nothing',
  },
  'copy-backup': {
    prepare: (here) => backUp(here),
    step: (here) => ({ backup: dataOf(here), copies: [here.at('usb')] }),
    observed: ['absent', 'absent'],
    undoes: 'nothing',
    seen: async (here) => look(here.dir),
  },
  'prune-backups': {
    prepare: async (here) => {
      await backUp(here, 'one')
      await backUp(here, 'three')
    },
    step: (here) => ({
      component: 'app',
      keep: 1,
      places: [here.at('backups'), here.at('not/there')],
    }),
    observed: ['absent', 'absent'],
    undoes: 'nothing',
    seen: async (here) => Object.keys(look(here.at('backups'))).filter((name) => name.endsWith('backup.json')).length,
  },
}
