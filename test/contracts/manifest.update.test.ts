import { createHash } from 'node:crypto'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Plan } from '../../src/core/plan/plan.ts'
import { manifestScene } from './manifest.scene.ts'

/** From a published manifest to a version that runs, or to the old one that still does. */

const name = 'update-manifest.yaml'
const head = (version = '1.1.0') => `version: "${version}"\ncomponent_type: application\n`
const space = 'pre_update_checks:\n  - { type: disk_space, minimum_mb: 7 }\n'
const tooMuch = 'pre_update_checks:\n  - { type: disk_space, minimum_mb: 9999999 }\n'

type Scene = Awaited<ReturnType<typeof manifestScene>>

async function planOf({ belay }: Scene): Promise<Plan> {
  const planned = await belay.plan('app')
  if (!('plan' in planned)) throw new Error('there is nothing to plan')
  return planned.plan
}

function whole({ path, dir, url }: Scene, digest: string): string {
  return `${head()}component: app
pre_update_checks:
  - { type: disk_space, minimum_mb: 7, description: room }
update_steps:
  - { action: download_artifact, url: "${url}/files/v1.1.0/app-1.1.0.tar.gz", checksum: "sha256:${digest}" }
  - { action: backup_installation, source: "${path}", destination: "${dir}/backups/app.TIMESTAMP.tar.gz" }
  - { action: extract_artifact, archive: app-1.1.0.tar.gz, destination: "${path}" }
  - { action: install_requirements, requirements_file: "${path}/requirements.txt" }
  - { action: run_migrations, script: "${path}/migrate.sh", optional: true }
post_update_checks:
  - { type: version_check, expected_version: "1.1.0" }
rollback_steps:
  - { action: restore_backup, source: latest_backup, destination: "${path}" }
`
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

describe('when a release has a right manifest', () => {
  test('then the plan shows it, its checks join, what it says is journaled, and the update is done', async () => {
    const scene = await manifestScene({
      strategy: { prepare: [['/bin/sh', '-c', 'echo done > ready', 'requirements.txt']] },
    })
    const { belay, release, start, running } = scene
    await start()
    const bytes = await release('1.1.0')
    await release('1.1.0', { assets: { [name]: whole(scene, sha256(bytes)) }, tree: {} })
    const plan = await planOf(scene)
    expect(plan.about.manifest).toMatchObject({
      verdict: 'accepted',
      name,
      steps: [
        { action: 'download_artifact', detail: 'app-1.1.0.tar.gz', done: 'download' },
        { action: 'backup_installation', done: 'kept: the version that runs now' },
        { action: 'extract_artifact', done: 'unpack' },
        { action: 'install_requirements', done: 'prepare: /bin/sh -c echo done > ready requirements.txt' },
        { action: 'run_migrations', done: expect.stringContaining('skipped: it is optional') },
      ],
      rollback: [{ action: 'restore_backup', done: expect.stringContaining('whatever the manifest names') }],
    })
    expect(plan.about.warnings).toEqual([expect.stringMatching(/^run_migrations .*migrate\.sh is skipped/)])
    // Nothing else states one: the manifest does.
    expect(plan.about).toMatchObject({ rung: 'checksum', statedBy: name })
    const checks = plan.steps.flatMap((step) => (step.kind === 'check' ? [step.check] : []))
    expect(checks).toEqual([{ type: 'disk_space', minimum_mb: 7 }, { type: 'version_check' }])
    const run = await belay.update('app')
    expect(run).toMatchObject({ outcome: 'committed', to: '1.1.0' })
    expect(await running()).toBe('1.1.0')
    const [opened] = await scene.entries(run.run)
    expect(opened).toMatchObject({ entry: { plan: { about: { manifest: { verdict: 'accepted', name } } } } })
  })

  test('and it lies at the root of the repository at that tag, then it is found there, as YAML or JSON', async () => {
    const scene = await manifestScene({ manifest: 'required' })
    const { belay, release, start, running, asked } = scene
    await start({ root: { [name]: head('1.0.0') } })
    await release('1.1.0', {
      root: { 'update-manifest.json': JSON.stringify({ version: '1.1.0', component_type: 'application' }) },
    })
    expect((await planOf(scene)).about.manifest).toMatchObject({ verdict: 'accepted', name: 'update-manifest.json' })
    expect(asked.filter((path) => path.includes('contents'))).toEqual([
      '/repos/o/app/contents/update-manifest.yaml',
      '/repos/o/app/contents/update-manifest.json',
    ])
    expect(await belay.update('app')).toMatchObject({ outcome: 'committed' })
    expect(await running()).toBe('1.1.0')
  })

  test('and there is one among its assets too, then that one counts', async () => {
    const scene = await manifestScene()
    await scene.start()
    await scene.release('1.1.0', { assets: { [name]: head() }, root: { [name]: 'nonsense' } })
    expect((await planOf(scene)).about.manifest).toMatchObject({
      verdict: 'accepted',
      url: expect.stringContaining('/files/'),
    })
  })

  test('and it lies inside the archive alone, then it is judged there, and its checks are asked', async () => {
    const { belay, release, start, running, entries } = await manifestScene({ manifest: 'required' })
    await start({ tree: { [name]: head('1.0.0') } })
    await release('1.1.0', { tree: { [name]: `${head()}${space}post_update_checks:\n  - { type: version_check }\n` } })
    const run = await belay.update('app')
    expect(run).toMatchObject({ outcome: 'committed' })
    expect(await running()).toBe('1.1.0')
    const inside = run.steps.filter(({ kind }) => kind === 'manifest')
    expect(inside.map(({ state }) => state)).toEqual(['done', 'done'])
    expect(JSON.stringify(await entries(run.run))).toContain('"verdict":"accepted"')
  })

  test('and what it asks for before does not hold, then nothing begins', async () => {
    const { belay, release, start, running } = await manifestScene()
    await start()
    await release('1.1.0', { assets: { [name]: `${head()}${tooMuch}` } })
    expect(await belay.update('app')).toMatchObject({ outcome: 'failed', problem: { code: 'E_CHECK_FAILED' } })
    expect(await running()).toBe('1.0.0')
  })

  test('and it is inside, and what it asks for does not hold, then the old version runs as if nothing had begun', async () => {
    const { belay, release, start, running } = await manifestScene()
    await start()
    await release('1.1.0', { tree: { [name]: `${head()}${tooMuch}` } })
    const run = await belay.update('app')
    expect(run).toMatchObject({ problem: { code: 'E_CHECK_FAILED' } })
    expect(run.outcome).not.toBe('committed')
    expect(await running()).toBe('1.0.0')
  })
})

describe('when it is required', () => {
  const first = { assets: { [name]: head('1.0.0') } }

  test.each([
    ['it is of another version', head('1.0.9'), 'version: is of 1.0.9, but this release is 1.1.0'],
    ['it is a list', '[]', 'expected a map of keys, found a list'],
    [
      'it runs a program',
      `${head()}update_steps:\n  - { action: exec, command: "touch /tmp/x" }\n`,
      'would run a program',
    ],
    ['a blank was left', `${head()}description: RELEASE_VERSION\n`, '"RELEASE_VERSION" was never filled in'],
    [
      'it names another folder',
      `${head()}rollback_steps:\n  - { action: restore_backup, destination: /etc }\n`,
      '/etc lies outside of app',
    ],
    [
      'it names a service',
      `${head()}update_steps:\n  - { action: start_service, service_name: sshd }\n`,
      'app has no service',
    ],
    [
      'it names an address',
      `${head()}post_update_checks:\n  - { type: health_endpoint, url: "http://10.0.0.1/" }\n`,
      'is no address of app',
    ],
    ['it needs a remote', `${head()}min_remote_version: "1.0"\n`, 'this host has no component of that name'],
  ])('D16, D17, D19, D25: and %s, then nothing is downloaded, and the old version runs', async (_, text, reason) => {
    const { belay, release, start, running, asked } = await manifestScene({ manifest: 'required' })
    await start(first)
    await release('1.1.0', { assets: { [name]: text } })
    await expect(belay.update('app')).rejects.toMatchObject({
      problem: {
        code: 'E_MANIFEST_REFUSED',
        message: expect.stringContaining(reason),
        hint: expect.stringContaining('manifest: optional'),
      },
    })
    expect(await running()).toBe('1.0.0')
    expect(asked.some((path) => path.endsWith('.tar.gz'))).toBe(false)
    // Nothing is left behind that stands in the way of the next one.
    await release('1.2.0', { assets: { [name]: head('1.2.0') } })
    expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.2.0' })
  })

  test('and there is none anywhere, then it is told once the archive was looked into, and the old version runs', async () => {
    const { belay, release, start, running, path } = await manifestScene({ manifest: 'required' })
    await start(first)
    await release('1.1.0')
    expect(await belay.update('app')).toMatchObject({ outcome: 'failed', problem: { code: 'E_MANIFEST_MISSING' } })
    expect(await running()).toBe('1.0.0')
    await expect(access(join(path, 'releases/1.1.0'))).rejects.toThrow()
  })

  test('and that in the archive is refused, then the old version runs', async () => {
    const { belay, release, start, running } = await manifestScene({ manifest: 'required' })
    await start(first)
    await release('1.1.0', { tree: { [name]: head('1.0.0') } })
    expect(await belay.update('app')).toMatchObject({
      outcome: 'failed',
      problem: {
        code: 'E_MANIFEST_REFUSED',
        message: expect.stringContaining('is of 1.0.0, but this release is 1.1.0'),
      },
    })
    expect(await running()).toBe('1.0.0')
  })
})

describe('when it is optional', () => {
  test.each([
    ['beside the release', { assets: { [name]: head('1.0.9') } }],
    ['in the archive', { tree: { [name]: head('1.0.9') } }],
  ])('and the one %s is refused, then that is reported, and the built-in procedure runs', async (_, where) => {
    const { belay, release, start, running } = await manifestScene()
    await start()
    await release('1.1.0', where)
    const run = await belay.update('app')
    expect(run).toMatchObject({ outcome: 'committed', to: '1.1.0' })
    expect(run.warnings).toContain(
      'The update manifest is refused, and the built-in procedure runs without it: update-manifest.yaml:1:10 version: is of 1.0.9, but this release is 1.1.0',
    )
    expect(await running()).toBe('1.1.0')
  })

  test('and there is none, then the plan says so, and nothing else changes', async () => {
    const scene = await manifestScene()
    await scene.start()
    await scene.release('1.1.0')
    expect((await planOf(scene)).about.manifest).toMatchObject({ verdict: 'missing', name: null })
    expect(await scene.belay.update('app')).toMatchObject({ outcome: 'committed' })
  })

  test('and it says that the file has other bytes, then it is refused whatever the config asks for', async () => {
    const scene = await manifestScene()
    const { belay, release, start, running } = scene
    await start()
    const bytes = await release('1.1.0')
    const text = whole(scene, '0'.repeat(64)).replace(/ {2}- \{ action: install.*\n/, '')
    await release('1.1.0', {
      assets: { [name]: text, 'app-1.1.0.tar.gz.sha256': `${sha256(bytes)}  app-1.1.0.tar.gz\n` },
    })
    await expect(belay.update('app')).rejects.toMatchObject({ problem: { code: 'E_CHECKSUM_MISMATCH' } })
    expect(await running()).toBe('1.0.0')
    // Alone, it is what the download must be.
    await release('1.1.0', { assets: { [name]: text } })
    expect(await belay.update('app')).toMatchObject({ outcome: 'failed', problem: { code: 'E_CHECKSUM_MISMATCH' } })
    expect(await running()).toBe('1.0.0')
  })

  test('and it needs a later remote, then it waits for that one', async () => {
    const scene = await manifestScene({ aliases: ['remote'] })
    await scene.start()
    await scene.release('1.1.0', { assets: { [name]: `${head()}min_remote_version: "1.0.5"\n` } })
    await expect(scene.belay.plan('app')).rejects.toMatchObject({
      problem: { code: 'E_HELD', message: '1.1.0 of app is held: it needs app >=1.0.5, and 1.0.0 is there.' },
    })
    await scene.release('1.1.0', { tree: { [name]: `${head()}min_remote_version: "1.0.5"\n` } })
    expect(await scene.belay.update('app')).toMatchObject({ outcome: 'failed', problem: { code: 'E_HELD' } })
    await scene.release('1.1.0', { tree: { [name]: `${head()}min_remote_version: "1.0.0"\n` } })
    expect(await scene.belay.update('app')).toMatchObject({ outcome: 'committed' })
  })
})

test('when manifests are ignored, then nobody looks for one', async () => {
  const scene = await manifestScene({ manifest: 'ignore' })
  const { belay, release, start, asked, running } = scene
  await start()
  await release('1.1.0', { assets: { [name]: 'nonsense' }, root: { [name]: 'nonsense' }, tree: { [name]: 'nonsense' } })
  const run = await belay.update('app')
  expect(run).toMatchObject({ outcome: 'committed' })
  expect(run.warnings.join()).not.toContain('manifest')
  expect(asked.some((path) => path.includes('manifest'))).toBe(false)
  expect(await running()).toBe('1.1.0')
})
