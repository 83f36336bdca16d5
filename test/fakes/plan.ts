import type { ComponentName, RunId } from '../../src/core/model/names.ts'
import { componentNameSchema, runIdSchema } from '../../src/core/model/names.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import type { Phase, RestoreRef, ServiceRef, Step } from '../../src/core/plan/step.ts'

export function componentName(text: string): ComponentName {
  return componentNameSchema.parse(text)
}

export function runId(text: string): RunId {
  return runIdSchema.parse(text)
}

const service: ServiceRef = {
  component: 'core',
  spec: { type: 'systemd', unit: 'dunebugger' },
  cwd: '/opt/core',
  user: null,
}

export function check(phase: Phase, detail: string): Step {
  return {
    kind: 'check',
    phase,
    detail,
    check: { type: 'service_active' },
    service,
    probe: null,
    expectedVersion: null,
    paths: [],
    needBytes: 0,
    wayBack: { component: 'core', places: [], trees: [] },
  }
}

export function download(): Step {
  const artifact = { name: 'dunebugger-1.1.0.tar.gz', url: 'https://x.test/a', bytes: 2_100_000, digest: null }
  const common = { source: { type: 'github' }, artifact, digest: null, statedBy: null, to: '/state/a', bytesMax: 1e9 }
  return { kind: 'download', phase: 'before', detail: 'dunebugger-1.1.0.tar.gz, 2.1 MB', ...common }
}

export function command(kind: 'prepare' | 'migrate', detail: string, restore: readonly RestoreRef[] = []): Step {
  const phase = kind === 'prepare' ? 'before' : 'stopped'
  return { kind, phase, detail, argv: ['true'], cwd: '/', user: null, timeoutMs: 1, restore }
}

export function turn(kind: 'stop' | 'start'): Step {
  const phase = kind === 'stop' ? 'stopped' : 'after'
  return { kind, phase, detail: 'systemd dunebugger', service, wasRunning: true }
}

export function link(): Step {
  const paths = { link: '/opt/core/current', to: 'releases/1.1.0', from: 'releases/1.0.4', temporary: '/opt/core/.t' }
  return { kind: 'link', phase: 'stopped', detail: 'current → releases/1.1.0', ...paths }
}

export function restore(): Step {
  const backup = { component: 'core', data: { type: 'path', path: '/srv/data' }, dir: '/backups/core/b-1' }
  return {
    kind: 'restore',
    phase: 'stopped',
    detail: backup.dir,
    restore: { backup, aside: '/backups/core/b-1.aside' },
  }
}

export function remove(): Step {
  return { kind: 'remove', phase: 'cleanup', detail: 'the download', path: '/state/a' }
}

/** Core from 1.0.4 to 1.1.0: nine steps, committed after the two checks at the end. */
export function corePlan(change: Partial<Plan> = {}, about: Partial<Plan['about']> = {}): Plan {
  return {
    v: 1,
    run: runId('r-7f3c12ab'),
    action: 'update',
    targets: [{ component: componentName('core'), from: '1.0.4', to: '1.1.0' }],
    locks: ['component:core'],
    steps: [
      download(),
      command('prepare', 'python3 -m venv .venv'),
      command('prepare', 'npm ci'),
      turn('stop'),
      link(),
      turn('start'),
      check('after', 'service active'),
      check('after', 'version = 1.1.0'),
      remove(),
    ],
    commitAfter: 7,
    back: [check('back', 'service active')],
    about: {
      created: '2026-11-20T12:00:00.000Z',
      source: 'github marco-svitol/dunebugger',
      releasedAt: '2026-11-17T12:00:00.000Z',
      rung: 'checksum',
      statedBy: 'SHA256SUMS',
      downloadBytes: 2_100_000,
      needBytes: 61_000_000,
      freeBytes: 18_000_000_000,
      lastDowntimeMs: 1400,
      stops: true,
      restartRequired: false,
      warnings: [],
      facts: {},
      ...about,
    },
    ...change,
  }
}
