// needs: bed, containers
import { afterAll, beforeAll, expect, test } from 'vitest'
import { composePlugin } from './compose-v2.ts'
import type { ComposeProject, Spelling } from './compose.ts'
import { type ContainerBed, startContainers } from './containers.ts'
import { deleteTag, moveTag, pushImage } from './images.ts'
import { registryUser } from './registry.ts'

const plugin = await composePlugin()
let bed: ContainerBed
beforeAll(async () => {
  bed = await startContainers()
})
afterAll(() => bed?.close())

const soon = { timeout: 60_000 }

/** A file as people write them: a comment, quotes, two services, a named volume. */
async function projectOf(spelling: Spelling, repository: string, dockerConfig?: object): Promise<ComposeProject> {
  const project = await bed.project(spelling, dockerConfig)
  const image = `${bed.registry.host}/${repository}:1.0.0`
  await project.write(
    'docker-compose.yml',
    `version: "3.7"   # as old as the program that reads it
services:
  app:
    image: "${image}"
    ports: [ "127.0.0.1:${project.port}:8080" ]
    volumes: [ "data:/data" ]
  worker:
    image: ${image}
volumes:
  data: {}
`,
  )
  return project
}

const statusOf = async (project: ComposeProject, service = 'app'): Promise<string> =>
  bed.engine
    .docker([
      'inspect',
      '--format',
      '{{.State.Status}}/{{.State.Health.Status}}',
      (await project.containers(service))[0]?.Id ?? '',
    ])
    .then(({ stdout }) => stdout.trim())

const spellings: readonly Spelling[] = ['docker-compose', 'docker compose']
for (const spelling of spellings) {
  const missing = spelling === 'docker compose' && 'missing' in plugin ? plugin.missing : null
  const title = `when a project is brought up by ${spelling}, then it serves and has its labels`
  test.skipIf(missing !== null)(missing === null ? title : `${title} (${missing})`, async () => {
    const repository = spelling === 'docker-compose' ? 'up/by-program' : 'up/by-plugin'
    const pushed = await bed.push(repository, { version: '1.0.0', index: spelling === 'docker compose' })
    await using project = await projectOf(spelling, repository)
    expect(await project.compose(['version'])).toMatch(spelling === 'docker compose' ? /v?2\./ : /1\./)
    await project.compose(['up', '-d'])
    await expect.poll(() => project.serves(), soon).toBe('1.0.0')
    await expect.poll(() => statusOf(project), soon).toBe('running/healthy')
    expect((await project.http('/data/starts')).body).toBe('1.0.0\n')
    const [app] = await project.containers('app')
    expect(app?.Config.Labels).toMatchObject({
      'com.docker.compose.project': project.name,
      'org.opencontainers.image.version': '1.0.0',
    })
    const digests = await bed.engine.docker(['image', 'inspect', '--format', '{{.RepoDigests}}', app?.Image ?? ''])
    expect(digests.stdout).toContain(`${bed.registry.host}/${repository}@${pushed.digest}`)
  })
}

test('when the engine is restarted, then another one answers, and what is to restart does', async () => {
  await bed.push('again', { version: '1.0.0' })
  const image = `${bed.registry.host}/again:1.0.0`
  const { stdout } = await bed.engine.docker(['run', '--detach', '--restart', 'unless-stopped', image])
  const look = (): Promise<string> =>
    bed.engine
      .docker(['inspect', '--format', '{{.State.Running}} {{.State.StartedAt}}', stdout.trim()])
      .then((inspected) => inspected.stdout)
  const before = await look()
  await bed.engine.restart('TERM')
  await expect.poll(look, soon).toMatch(/^true /)
  expect(await look()).not.toBe(before)
  // This engine leaves a container that it finds running after its own crash stopped, whatever it was told.
  await bed.engine.restart('KILL')
  await expect.poll(look, soon).toMatch(/^false /)
})

test('when an image is faulty, then its container shows it', async () => {
  const run = async (tag: string, ...flags: readonly string[]): Promise<string> => {
    const started = await bed.engine.docker(['run', '--detach', ...flags, `${bed.registry.host}/faulty:${tag}`])
    expect(started.code, started.stderr).toBe(0)
    return started.stdout.trim()
  }
  const state = (id: string, format: string): Promise<string> =>
    bed.engine.docker(['inspect', '--format', format, id]).then(({ stdout }) => stdout.trim())
  await bed.push('faulty', { version: '1', fault: 'unhealthy' })
  await bed.push('faulty', { version: '2', fault: 'crashes' })
  await bed.push('faulty', { version: '3', fault: 'deaf' })
  await bed.push('faulty', { version: '4', fault: 'sick-worker' })
  await bed.push('faulty', { version: '5', healthcheck: false })
  const [unhealthy, crashes, deaf, well, worker, plain] = await Promise.all([
    run('1'),
    run('2'),
    run('3'),
    run('4'),
    run('4', '--env', 'ROLE=worker'),
    run('5'),
  ])
  const health = '{{.State.Health.Status}}'
  await expect.poll(() => state(unhealthy, health), soon).toBe('unhealthy')
  await expect.poll(() => state(worker, health), soon).toBe('unhealthy')
  await expect.poll(() => state(well, health), soon).toBe('healthy')
  await expect.poll(() => state(crashes, '{{.State.ExitCode}}'), soon).toBe('3')
  await expect.poll(() => state(deaf, health), soon).toBe('healthy')
  expect(await state(plain, '{{.Config.Healthcheck}}')).toBe('<nil>')
  await bed.engine.docker(['stop', '--time', '1', deaf, plain])
  expect(await state(deaf, '{{.State.ExitCode}}')).toBe('137')
  expect(await state(plain, '{{.State.ExitCode}}')).toBe('0')
  await bed.engine.docker(['rm', '--force', unhealthy, crashes, deaf, well, worker, plain])
})

test('when the registry is switched off and on, then it is gone and comes back with all it had', async () => {
  await bed.push('on/off', { version: '1.0.0', tags: ['1.0.0', 'latest'] })
  await bed.push('on/off', { version: '1.1.0' })
  const pull = async (tag: string): Promise<number> =>
    (await bed.engine.docker(['pull', `${bed.registry.host}/on/off:${tag}`])).code
  await bed.registry.stop()
  expect(await pull('1.0.0')).toBe(1)
  await bed.registry.start()
  expect(await pull('latest')).toBe(0)
  await moveTag(bed.registry, 'on/off', '1.1.0', 'latest')
  expect(await pull('latest')).toBe(0)
  const label = '{{index .Config.Labels "org.opencontainers.image.version"}}'
  const inspected = await bed.engine.docker([
    'image',
    'inspect',
    '--format',
    label,
    `${bed.registry.host}/on/off:latest`,
  ])
  expect(inspected.stdout).toBe('1.1.0\n')
  await deleteTag(bed.registry, 'on/off', '1.0.0')
  expect(await pull('1.0.0')).toBe(1)
})

test('when a registry asks who calls, then only who has credentials gets an image', async () => {
  const registry = await bed.anotherRegistry({ auth: true })
  await pushImage(registry, 'secret/app', { version: '1.0.0' })
  const { username, password } = registryUser
  const auth = Buffer.from(`${username}:${password}`).toString('base64')
  const pull = async (config: object): Promise<number> => {
    await using project = await projectOf('docker-compose', 'secret/app', config)
    return (await project.run(['docker', 'pull', `${registry.host}/secret/app:1.0.0`])).code
  }
  expect(await pull({})).toBe(1)
  expect(await pull({ auths: { [registry.host]: { auth } } })).toBe(0)
})

test('when belay is run in the bed, then it is this checkout, beside the containers', async () => {
  await using project = await projectOf('docker-compose', 'none')
  const said = await bed.belay(project, ['--version'])
  expect(said.stdout).toMatch(/^\d+\.\d+\.\d+/)
  expect((await project.run(['sh', '-c', 'curl -fsS "http://$0/v2/"', bed.registry.host])).stdout).toBe('{}')
  expect((await project.run(['sh', '-c', 'test -S "${DOCKER_HOST#unix://}"'])).code).toBe(0)
})
