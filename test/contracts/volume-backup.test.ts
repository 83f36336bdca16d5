// needs: bed, containers
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { volumeBackup } from '../../src/backups/volume/index.ts'
import { type ContainerBed, startContainers } from '../e2e/bed/containers.ts'

/** Volumes of a real engine, as containers see them before and after. */

const never = new AbortController().signal
let bed: ContainerBed
let image = ''
beforeAll(async () => {
  bed = await startContainers()
  await bed.push('volumes/app', { version: '1.0.0' })
  image = `${bed.registry.host}/volumes/app:1.0.0`
  await docker('pull', '--quiet', image)
})
afterAll(() => bed?.close())

async function docker(...argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await bed.engine.docker(argv)
  if (code !== 0) throw new Error(`docker ${argv.join(' ')}: ${stderr}`)
  return stdout.trim()
}

/** Runs a script in a container that has the volume at /data. */
const inVolume = (volume: string, script: string) =>
  docker('run', '--rm', '--volume', `${volume}:/data`, image, 'sh', '-c', script)

/** Needs applets that the image has no links for. */
const look = (volume: string) =>
  inVolume(
    volume,
    'cd /data; busybox find . | busybox sort | while read f; do busybox stat -c "%n %a %u:%g %F" $f; done; cat rows',
  )

async function setup(name: string, more: Readonly<Record<string, unknown>> = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'belay-volume-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const backup = volumeBackup({ environment: { DOCKER_HOST: bed.engine.host } })
  const config = backup.config.parse({ type: 'volume', name, ...more })
  const ref = { component: 'app', data: { type: 'volume', name }, dir: join(dir, 'app/b1') }
  const restoreRef = { backup: ref, aside: join(dir, 'app/aside') }
  return {
    create: () => backup.create(config, { ref, version: '1.0.0', run: null, signal: never }),
    verify: () => backup.verify(config, ref),
    restore: () => backup.restore(config, restoreRef, never),
    unrestore: () => backup.unrestore(config, restoreRef, never),
  }
}

test('when a volume is saved and restored then a container finds in it what was there, with owners and modes', async () => {
  await inVolume(
    'whole',
    `cd /data; echo first >rows; mkdir deep; echo x >deep/file; ln -s rows link; busybox mkfifo pipe
     busybox chown 1000:33 rows deep /data; busybox chmod 640 rows; busybox chmod 2775 deep; busybox chmod 1777 /data`,
  )
  const before = await look('whole')
  const { create, verify, restore, unrestore } = await setup('whole')
  const record = await create()
  expect(record).toMatchObject({ kind: 'volume', source: 'whole', files: 3, left: ['pipe'] })
  expect(await verify()).toEqual(record)
  await inVolume('whole', 'cd /data; echo second >rows; rm deep/file; echo new >deep/new; busybox chmod 600 rows')
  const later = await look('whole')
  await restore()
  expect(await look('whole')).toBe(
    before
      .split('\n')
      .filter((line) => !line.startsWith('./pipe'))
      .join('\n'),
  )
  await unrestore()
  expect(await look('whole')).toBe(later)
})

test('when a stopped container is started again after a restore then it works on what was restored', async () => {
  await inVolume('again', 'echo 1.0.0 >/data/starts')
  const { create, restore } = await setup('again')
  await create()
  await docker('run', '--detach', '--name', 'again', '--volume', 'again:/data', image)
  await expect(restore()).rejects.toMatchObject({
    problem: { code: 'E_SERVICE_STOP', message: expect.stringContaining('again') },
  })
  await docker('stop', '--time', '0', 'again')
  await inVolume('again', 'echo broken >/data/starts')
  await restore()
  await docker('start', 'again')
  await expect.poll(() => docker('exec', 'again', 'cat', '/data/starts')).toBe('1.0.0\n1.0.0')
  await docker('rm', '--force', 'again')
})

test('when compose made the volume then it is found by the name in the compose file, and not by half of one', async () => {
  await using project = await bed.project('docker-compose')
  const port = `127.0.0.1:${project.port}:8080`
  await project.write(
    'docker-compose.yml',
    `version: '3'\nservices: {app: {image: '${image}', ports: ['${port}'], volumes: ['data:/data']}}\nvolumes: {data: {}}\n`,
  )
  await project.compose(['up', '-d'])
  await expect.poll(() => project.serves()).toBe('1.0.0')
  const { create } = await setup('data')
  expect(await create()).toMatchObject({ source: 'data', files: 1 })
  await docker('volume', 'create', '--label', 'com.docker.compose.volume=data', 'another_data')
  const two = await setup('data')
  await expect(two.create()).rejects.toMatchObject({
    problem: { code: 'E_BACKUP_FAILED', facts: { volumes: expect.arrayContaining(['another_data']) } },
  })
  expect(await (await setup(`${project.name}_data`)).create()).toMatchObject({ files: 1 })
  await docker('volume', 'rm', 'another_data')
})

test('when a volume was made by the failed version then a restore leaves it empty, and it still can be mounted', async () => {
  const { create, restore } = await setup('born', { optional: true })
  await create()
  await inVolume('born', 'echo x >/data/rows; busybox chmod 1777 /data')
  await restore()
  expect(await inVolume('born', 'ls -A /data 2>/dev/null || busybox ls -A /data; busybox stat -c %a /data')).toBe(
    '1777',
  )
})

test('when a volume is a mount of its own then that is said before anything is saved', async () => {
  const options = ['--opt', 'type=none', '--opt', 'o=bind', '--opt', 'device=/srv']
  await docker('volume', 'create', ...options, 'bound')
  await expect((await setup('bound')).create()).rejects.toMatchObject({
    problem: { code: 'E_BACKUP_FAILED', facts: { path: '/srv' } },
  })
})
