import type { ManifestComponent } from '../../../src/core/manifest/facts.ts'
import type { CheckStep } from '../../../src/core/plan/step.ts'
import { check } from '../plan.ts'
import type { StepRoom } from '../steps.ts'
import type { Scenarios } from './scenario.ts'

const isRunning = async (here: StepRoom) => (await (await here.adapters.service(here.service())).inspect()).running

const serviceFields = (here: StepRoom) => ({ service: here.service(), wasRunning: true })

const noService = () => ({ service: { component: 'app', spec: { type: 'none' }, cwd: '/', user: null } })

const manifestText =
  'version: "1.1.0"\ncomponent_type: application\npre_update_checks: [ { type: memory, minimum_mb: 1 } ]\n'

const manifestOwner: ManifestComponent = {
  name: 'app',
  aliases: [],
  containers: false,
  path: '/srv/app',
  backups: [],
  hasService: false,
  services: [],
  containerNames: [],
  image: null,
  scheme: 'semver',
  hasVersion: false,
  asked: [],
  prepare: [],
  migrate: [],
  remote: null,
}

function aboutOf({ probe, expectedVersion, paths, needBytes, wayBack }: CheckStep) {
  return { probe, expectedVersion, paths, needBytes, wayBack, service: null }
}

/** Steps that ask, stop and start services. */
export const serviceScenarios: Scenarios<
  'check' | 'stop' | 'start' | 'revive' | 'guard' | 'unguard' | 'soak' | 'manifest'
> = {
  check: {
    step: () => ({ ...(check('before', 'x') as CheckStep), check: { type: 'memory', minimum_mb: 1 }, service: null }),
    observed: ['absent', 'absent'],
    undoes: 'nothing',
  },
  stop: {
    prepare: async (here) => (await here.adapters.service(here.service())).start(here.context.signal),
    step: serviceFields,
    observed: ['absent', 'present'],
    undoes: 'all',
    seen: isRunning,
  },
  start: { step: serviceFields, observed: ['absent', 'present'], undoes: 'all', seen: isRunning },
  // Nothing forward: that they are there is always so, and only their undo acts.
  revive: {
    prepare: async (here) => (await here.adapters.service(here.service())).start(here.context.signal),
    step: serviceFields,
    observed: ['present', 'present'],
    undoes: 'nothing',
    seen: isRunning,
  },
  // Judges what lies in the new tree; a copy of it lies where the run keeps its own.
  manifest: {
    prepare: async (here) => here.plant({ 'srv/update-manifest.yaml': manifestText }),
    step: (here) => ({
      tree: here.at('srv'),
      kept: here.at('srv/kept'),
      required: true,
      release: { version: '1.1.0', tag: 'v1.1.0', artifact: null },
      component: manifestOwner,
      present: {},
      skip: [],
      own: [],
      subject: aboutOf(check('before', 'x') as CheckStep),
    }),
    observed: ['absent', 'absent'],
    undoes: 'all',
  },
  guard: { step: noService, observed: ['absent', 'absent'], undoes: 'nothing' },
  unguard: { step: noService, observed: ['absent', 'absent'], undoes: 'nothing' },
  soak: {
    step: () => ({ ms: 1000 }),
    observed: ['present', 'present'],
    undoes: 'nothing',
  },
}
