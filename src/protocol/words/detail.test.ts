import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Step, StepKind, StepOf } from '../../core/plan/step.ts'
import { detailIn } from './detail.ts'
import { literals, samples, sources, tooEnglish } from '../../../test/fakes/source-text.ts'

const service = (type: string) => ({ service: { component: 'app', spec: { type }, cwd: '/', user: null } })
const backup = { component: 'core', data: { type: 'sqlite', path: '/srv/a.db' }, dir: '/b/core/r-1-0' }

/** Only what German is made of: the rest of a step says nothing to people. */
type Told<K extends StepKind> = readonly [about: Partial<StepOf<K>> & { readonly detail: string }, german: string]
type Cases = { readonly [K in StepKind]: readonly Told<K>[] }

const same = (detail: string) => [[{ detail }, detail]] as const

const cases: Cases = {
  check: [],
  download: same('app-1.1.0.tar.gz'),
  unpack: same('app-1.1.0.tar.gz → /opt/app/releases/1.1.0'),
  carry: [
    [{ detail: 'preserved files: .env, var', patterns: ['.env', 'var'] }, 'bewahrte Dateien: .env, var'],
    [{ detail: 'preserved files, again: .env', patterns: ['.env'] }, 'bewahrte Dateien, noch einmal: .env'],
    [{ detail: 'preserved files, back: .env', patterns: ['.env'] }, 'bewahrte Dateien, zurück: .env'],
  ],
  prepare: same('npm ci'),
  migrate: same('npm run migrate'),
  backup: [
    [
      { detail: 'sqlite /srv/a.db to /b, online', phase: 'before', backup },
      'sqlite /srv/a.db nach /b, im laufenden Betrieb',
    ],
    [
      { detail: 'sqlite /srv/a.db to /b, after the stop', phase: 'stopped', backup },
      'sqlite /srv/a.db nach /b, nach dem Anhalten',
    ],
  ],
  'copy-backup': [[{ detail: 'sqlite /srv/a.db to /b', backup }, 'sqlite /srv/a.db nach /b']],
  restore: [[{ detail: 'data from /b/core/r-1-0', restore: { backup, aside: '/b/x' } }, 'Daten aus /b/core/r-1-0']],
  sync: same('/opt/app'),
  rehome: [[{ detail: 'what was prepared, for /opt/app', to: '/opt/app' }, 'was vorbereitet wurde, für /opt/app']],
  'keep-folder': same('/opt/app/node_modules'),
  'bring-back': same('/opt/app/node_modules'),
  stop: [
    [{ detail: 'no service', ...service('none') }, 'kein Dienst'],
    [{ detail: 'process bin/app', ...service('process') }, 'Prozess bin/app'],
  ],
  start: [[{ detail: 'systemd app', ...service('systemd') }, 'systemd app']],
  revive: [[{ detail: 'compose shop web, worker', ...service('compose') }, 'compose shop web, worker']],
  link: same('current → releases/1.1.0'),
  rename: [
    [{ detail: 'the tree steps aside' }, 'der Baum rückt zur Seite'],
    [{ detail: 'the slots step aside' }, 'die aufgehobenen Versionen rücken zur Seite'],
    [{ detail: 'releases/1.0.4 steps out' }, 'releases/1.0.4 rückt heraus'],
    ...same('app → .app.old'),
  ],
  write: same('/etc/systemd/system/app.service'),
  mkdir: same('/opt/app/releases'),
  guard: same('belay-resume.service'),
  unguard: same('belay-resume.service'),
  'slot-start': same('green: systemd crm@green'),
  'warm-up': same('/ /login'),
  switch: same('blue → green: haproxy crm'),
  verify: same('http://127.0.0.1:8080/health × 5'),
  retire: same('blue: systemd crm@blue'),
  hold: same('builtin crm'),
  release: same('builtin crm'),
  soak: same('60 s'),
  remove: [
    [{ detail: 'temporary files', path: '/state/runs/r-1' }, 'vorübergehende Dateien'],
    [{ detail: 'the record of the trial', path: '/state/self' }, 'der Vermerk über die Probe'],
    [
      { detail: '/opt/app/current and the kept releases', path: '/x' },
      '/opt/app/current und die aufgehobenen Versionen',
    ],
    [{ detail: '/srv/temporary files', path: '/srv/temporary files' }, '/srv/temporary files'],
  ],
  'prune-backups': [[{ detail: 'keep 5', keep: 5 }, '5 behalten']],
  pull: same('ghcr.io/o/app:1.1.0'),
  tag: [
    [{ detail: 'ghcr.io/o/app:1.0.4 as the way back', phase: 'before' }, 'ghcr.io/o/app:1.0.4 als Weg zurück'],
    [{ detail: 'ghcr.io/o/app:1.1.0', phase: 'stopped' }, 'ghcr.io/o/app:1.1.0'],
  ],
  edit: same('1.0.4 → 1.1.0 in /srv/compose.yaml'),
  protect: [[{ detail: 'data as it is now' }, 'die Daten, wie sie jetzt sind']],
  'prune-images': [
    [{ detail: 'keep 2', phase: 'cleanup', keep: 2 }, '2 behalten'],
    [{ detail: 'keep 1: the disk is short', phase: 'before', keep: 1 }, '1 behalten: der Platz ist knapp'],
  ],
  'git-fetch': same('abc123abc123 Fix the pump'),
  'git-worktree': same('abc123abc123 → tree'),
  'git-checkout': [
    [{ detail: 'nothing → abc123abc123 (main)', from: null }, 'nichts → abc123abc123 (main)'],
    [{ detail: 'def456def456 → abc123abc123', from: 'def456def456' }, 'def456def456 → abc123abc123'],
  ],
  'fetch-files': [
    [{ detail: '1 file', changes: [{} as never], archive: null }, '1 Datei'],
    [
      { detail: '2 files, as one archive', changes: [{}, {}] as never, archive: {} as never },
      '2 Dateien, als ein Archiv',
    ],
  ],
  'gather-files': [[{ detail: '2 files from /kept/1.0.4', changes: [{}, {}] as never }, '2 Dateien aus /kept/1.0.4']],
  files: same('/opt/app'),
  'tree-diff': [[{ detail: '/opt/app against the new tree', root: '/opt/app' }, '/opt/app gegen den neuen Baum']],
  trial: [[{ detail: '3 starts to show that it works', tries: 3 }, '3 Starts, um zu zeigen, dass es geht']],
  confirm: [[{ detail: 'the new agent answers' }, 'der neue Agent antwortet']],
  manifest: [
    [{ detail: 'its update manifest' }, 'sein Update-Manifest'],
    [{ detail: '' }, ''],
  ],
}

const steps = Object.entries(cases).flatMap(([kind, told]) =>
  (told as readonly (readonly [Partial<Step>, string])[]).map(
    ([about, german]) => [{ phase: 'before', ...about, kind } as Step, german] as const,
  ),
)

/** A path and the subject of a commit: whoever made them wrote them in English. */
const names = new Set(['/srv/temporary files', 'abc123abc123 Fix the pump'])

describe.each(steps)('a step %o', (step, german) => {
  test('when it is told in German then that is made of its data, and English stays what the plan has', () => {
    expect(detailIn(step, 'de')).toBe(german)
    expect(detailIn(step, 'en')).toBe(step.detail)
    if (!names.has(german)) expect(tooEnglish(german)).toBe(false)
  })
})

const checks: readonly (readonly [type: string, english: string, german: string])[] = [
  ['disk_space', 'disk space 1000 MB', 'freier Platz 1000 MB'],
  ['memory', 'memory 0.5 MB', 'freier Arbeitsspeicher 0,5 MB'],
  ['permissions', 'the places that it writes to are writable', 'die Orte, an die geschrieben wird, sind beschreibbar'],
  ['network', 'network https://api.github.com/', 'Netz https://api.github.com/'],
  ['network', 'network', 'Netz'],
  ['service_running', 'the service is running', 'der Dienst läuft'],
  ['service_active', 'the service stays active for 3 s', 'der Dienst bleibt 3 s lang aktiv'],
  [
    'container_running',
    'the container stays up and healthy for 10 s',
    'der Container läuft 10 s lang weiter und ist gesund',
  ],
  ['service_active', 'the service stays active for 0 s', 'der Dienst ist aktiv'],
  ['version_check', 'the version', 'die Version'],
  ['version_check', 'version 1.1.0', 'Version 1.1.0'],
  ['health_endpoint', 'health http://127.0.0.1:5000/health', 'Gesundheit http://127.0.0.1:5000/health'],
  ['tcp_port', 'port 127.0.0.1:5432', 'Port 127.0.0.1:5432'],
  ['command', 'command bin/ready', 'Befehl bin/ready'],
  ['backup_exists', 'a backup exists', 'eine Sicherung ist da'],
  ['backup_exists', 'a backup of the last 24 h exists', 'eine Sicherung der letzten 24 h ist da'],
]

test.each(checks)('when a check %s says "%s" then German says "%s"', (type, detail, german) => {
  const step = { kind: 'check', phase: 'before', detail, check: { type } } as Step
  expect(detailIn(step, 'de')).toBe(german)
  expect(detailIn({ ...step, check: { type: 'another' } } as Step, 'de')).toBe(detail)
})

const known = [...steps.map(([{ detail }]) => detail), ...checks.map(([, detail]) => detail)]

/** Of what a source file writes as `key: …`, those that are words and not only names. */
function written(files: readonly string[], key: RegExp): readonly string[] {
  return files.flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    return [...text.matchAll(key)].flatMap(({ index }) => literals(text.slice(index, text.indexOf('\n', index + 1))))
  })
}

test('when the source writes a detail with words then a case here has it, in both languages', () => {
  const folders = ['core/plan', 'strategies', 'engine', 'main'].map((folder) => join('src', folder))
  const details = written(sources(folders), /\bdetail:|\b(?:rename|carrySteps)\(|^ {2}return way\.by/gm).filter(
    tooEnglish,
  )
  expect(details.length).toBeGreaterThan(15)
  // What goes along is named after the words.
  const fits = (template: string) =>
    known.some((detail) => samples(template).test(detail.replace(/: .env.*$/, '')) || samples(template).test(detail))
  expect(details.filter((template) => !fits(template))).toEqual([])
})

test('when a check or service describes itself in words then a case here has it', () => {
  const described = written(sources([join('src', 'checks'), join('src', 'services')]), /^ {4}describe: [^\n]*\n?/gm)
  expect(described.length).toBeGreaterThan(8)
  const fits = (template: string) => known.some((detail) => samples(template).test(detail))
  expect(described.filter((template) => !fits(template))).toEqual([])
})
