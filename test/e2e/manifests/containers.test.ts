// needs: bed, containers
import { readFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, test } from 'vitest'
import { type ContainerBed, startContainers } from '../bed/containers.ts'
import { Site, until } from '../containers/support/site.ts'

/** A real manifest of a container, beside the releases that an image takes its notes from. */
// Inside of the bed's own network.
const port = 17_990
let bed: ContainerBed
let releases: string
beforeAll(async () => {
  releases = await mkdtemp(join(tmpdir(), 'belay-manifests-'))
  bed = await startContainers()
})
afterAll(async () => {
  await bed?.close()
  if (releases !== undefined) await rm(releases, { recursive: true, force: true })
})

test('when its manifest is right, then it is updated by it; when that of an earlier release comes again, then what runs goes on', async ({
  expect,
}) => {
  await using site = await Site.create(bed, {
    images: [{ version: '1.1.0' }, { version: '1.2.0' }],
    source: { releases: { type: 'github', repo: 'o/app', api: `http://127.0.0.1:${port}` } },
    component: () => ({ manifest: 'required', aliases: ['remote'] }),
  })
  const real = await readFile(new URL('../../fixtures/manifests/container-0198d7e.yaml', import.meta.url), 'utf8')
  const text = real
    .replaceAll('"ghcr.io/marco-svitol/dunebugger-scheduler:1.1.0"', `"${site.at.image}:1.1.0"`)
    .replaceAll('"scheduler"', '"app"')
    .replace('http://localhost:8080/health', `http://localhost:${site.at.port}/health`)
    .replace('  - type: "backup_exists"\n    max_age_hours: 24\n    description: "Verify recent backup exists"\n', '')
  for (const tag of ['1.1.0', '1.2.0']) {
    await mkdir(join(releases, tag))
    await writeFile(join(releases, tag, 'update-manifest.yaml'), text)
  }
  // It ends with the bed.
  const hourMs = 3_600_000
  void bed.belay(site.project, ['release', 'serve', releases, '--port', String(port)], { timeoutMs: hourMs })
  await until(
    () => site.belay('check', site.name, '--force'),
    ({ json }) => json.components?.[site.name]?.error === null,
  )
  const planned = await site.belay('plan', site.name, '--to', '1.1.0')
  expect(planned.json.plan?.about.manifest).toMatchObject({
    verdict: 'accepted',
    steps: [
      { action: 'backup_compose' },
      { action: 'update_compose', detail: 'app to 1.1.0', done: 'edit' },
      { action: 'pull_image', done: 'pull' },
      { action: 'restart_service', done: 'start' },
    ],
    requires: { [site.name]: '>=1.0.0' },
  })
  const report = await site.update('1.1.0', 0)
  expect(report).toMatchObject({ outcome: 'committed' })
  expect(await site.project.serves()).toBe('1.1.0')

  const stale = await site.update('1.2.0', 1)
  expect(stale.error).toMatchObject({
    code: 'E_MANIFEST_REFUSED',
    message: expect.stringContaining('version: is of 1.1.0, but this release is 1.2.0'),
  })
  expect(await site.project.serves()).toBe('1.1.0')
})
