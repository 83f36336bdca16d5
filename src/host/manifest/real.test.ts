import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { coreComponent, coreRelease, schedulerComponent, schedulerRelease } from '../../core/manifest/testing.ts'
import { judgeManifestBytes } from './judge.ts'

/** Manifests that were really published, each with the verdict that it deserves. */

function fixture(name: string): Buffer {
  return readFileSync(new URL(`../../../test/fixtures/manifests/${name}`, import.meta.url))
}

function beta(number: number) {
  return { version: `1.0.0-beta.${number}`, tag: `1.0.0-beta.${number}`, artifact: null }
}

/** Where a reason points, and what it says. */
function reasonsOf(verdict: ReturnType<typeof judgeManifestBytes>): readonly string[] {
  return verdict.kind === 'refused' ? verdict.reasons : []
}

test('when the manifest of a container says what is done anyway, then it is taken, with its checks and what it requires', () => {
  const verdict = judgeManifestBytes(
    fixture('container-0198d7e.yaml'),
    'update-manifest.yaml',
    schedulerRelease,
    schedulerComponent,
  )
  expect(verdict).toMatchObject({
    kind: 'accepted',
    steps: [
      { action: 'backup_compose' },
      { action: 'update_compose', detail: 'scheduler to 1.1.0', done: 'edit' },
      { action: 'pull_image', done: 'pull' },
      { action: 'restart_service', done: 'start' },
    ],
    rollback: [{ action: 'restore_compose' }, { action: 'restart_service' }],
    before: [
      { type: 'disk_space', minimum_mb: 500 },
      { type: 'backup_exists', max_age_hours: 24 },
    ],
    after: [
      { type: 'container_running' },
      { type: 'health_endpoint', url: 'http://localhost:8080/health', expected_status: 200, timeout_seconds: 60 },
    ],
    requires: { remote: '>=1.0.0' },
  })
})

test('when the manifest of a Python application has the checksum that was cut short, then that is what is told', () => {
  const verdict = judgeManifestBytes(fixture('core-example.yaml'), 'update-manifest.yaml', coreRelease, coreComponent)
  expect(verdict).toEqual({
    kind: 'refused',
    reasons: [
      'update-manifest.yaml:21:15 update_steps[0].checksum: a digest looks like sha256: and 64 hex digits (found "sha256:abc123...")',
    ],
  })
})

test('when its checksum is whole, then it is taken, and programs are those that this host names', () => {
  const text = fixture('core-example.yaml').toString().replace('abc123...', 'a'.repeat(64))
  expect(judgeManifestBytes(Buffer.from(text), 'update-manifest.yaml', coreRelease, coreComponent)).toMatchObject({
    kind: 'accepted',
    digest: `sha256:${'a'.repeat(64)}`,
    steps: [
      { action: 'download_artifact', detail: 'dunebugger-1.2.0.tar.gz', done: 'download' },
      { action: 'backup_installation', done: 'kept: the version that runs now' },
      { action: 'stop_service' },
      { action: 'extract_artifact', done: 'unpack' },
      { action: 'install_requirements', done: 'prepare: .venv/bin/python -m pip install -r requirements.txt' },
      { action: 'run_migrations', done: 'migrate: scripts/migrate.sh --all' },
      { action: 'start_service' },
    ],
    rollback: [{ action: 'stop_service' }, { action: 'restore_backup' }, { action: 'start_service' }],
    before: [{ type: 'disk_space', minimum_mb: 1000 }, { type: 'service_running' }],
    after: [{ type: 'service_active', timeout_seconds: 30 }, { type: 'health_endpoint' }, { type: 'version_check' }],
    requires: { remote: '>=1.0.0' },
  })
})

test('D25: when nobody filled RELEASE_VERSION in, then the manifest is refused wherever it still stands', () => {
  const reasons = reasonsOf(
    judgeManifestBytes(fixture('scheduler-8c0ff97.json'), 'update-manifest.json', beta(10), schedulerComponent),
  )
  expect(reasons).toContain(
    'update-manifest.json:3:14 version: "RELEASE_VERSION" was never filled in: write what it stands for',
  )
  expect(reasons).toContain(
    'update-manifest.json:32:18 update_steps[0].message: "RELEASE_VERSION" was never filled in: write what it stands for',
  )
})

test('D25: when the file of an earlier release was published again, then it is refused for its version', () => {
  for (const [number, refused] of [
    [13, false],
    [14, true],
  ] as const) {
    const reasons = reasonsOf(
      judgeManifestBytes(fixture('scheduler-d2c61ce.json'), 'update-manifest.json', beta(number), schedulerComponent),
    )
    const stale = 'update-manifest.json:3:14 version: is of 1.0.0-beta.13, but this release is 1.0.0-beta.14'
    expect(reasons.includes(stale)).toBe(refused)
    expect(reasons).not.toEqual([])
  }
})

test('D16: when a manifest is a list of shell commands, then each is refused with its place, and none is a step', () => {
  const reasons = reasonsOf(
    judgeManifestBytes(fixture('scheduler-d2c61ce.json'), 'update-manifest.json', beta(13), schedulerComponent),
  )
  const programs = reasons.filter((line) => line.includes('would run a program'))
  expect(programs[0]).toBe(
    'update-manifest.json:8:17 pre_checks[0].action: action "exec" would run a program: a manifest describes an update, programs come from the config of the host alone',
  )
  expect(programs.length).toBeGreaterThan(7)
})

test('D25: when it would stop the service before it pulls, then no such order is taken over', () => {
  const text = (first: string, then: string) => `version: "1.2.0"
component_type: python_app
update_steps:
  - ${first}
  - ${then}
  - { action: start_service, service_name: dunebugger }
`
  const stop = '{ action: stop_service, service_name: dunebugger }'
  const download = '{ action: download_artifact, url: "https://github.com/dunebugger-1.2.0.tar.gz" }'
  const judge = (lines: string) => judgeManifestBytes(Buffer.from(lines), 'm.yaml', coreRelease, coreComponent)
  expect(judge(text(download, stop))).toMatchObject({ kind: 'accepted' })
  expect(judge(text(stop, download))).toEqual({
    kind: 'refused',
    reasons: [
      'm.yaml:4:15 update_steps[0].action: stop_service comes before download_artifact, but the download is done while the old version runs: put download_artifact first',
    ],
  })
})

test('when the example that is no JSON is published as JSON, then its first fault is told with its place', () => {
  expect(
    reasonsOf(judgeManifestBytes(fixture('remote-ad5edd8.json'), 'update-manifest.json', beta(1), schedulerComponent)),
  ).toEqual([expect.stringMatching(/^update-manifest\.json:8:7: this is not JSON: /)])
})
