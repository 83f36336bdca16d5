// needs: bed, containers
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type ContainerBed, startContainers } from '../bed/containers.ts'
import { deleteLayer, deleteTag } from '../bed/images.ts'
import { registryUser } from '../bed/registry.ts'
import { composeFile } from './support/files.ts'
import { holdBefore, reportOf } from './support/engine.ts'
import { Site } from './support/site.ts'

/** What ends an update before anything stopped, and what it needs to get that far. */
let bed: ContainerBed
beforeAll(async () => {
  bed = await startContainers()
})
afterAll(() => bed?.close())

describe.concurrent('when an update cannot be made', () => {
  test('then a tag that is not there stops nothing', async ({ expect }) => {
    await using site = await Site.create(bed, { images: [{ version: '1.1.0' }] })
    const before = await untouched(site)
    const missing = await site.update('9.9.9', 1)
    expect(missing.error?.code ?? missing.problem?.code).toBe('E_VERSION_NOT_FOUND')
    // Listed a moment ago, and taken back by its publisher.
    await site.check()
    await deleteTag(bed.registry, site.repository, '1.1.0')
    await site.update('1.1.0', 1)
    expect(await untouched(site)).toEqual(before)
  })

  test('D2: when an image cannot be pulled, then no file names it, and nothing stopped', async ({ expect }) => {
    await using site = await Site.create(bed, { images: [{ version: '1.1.0' }] })
    await deleteLayer(bed.registry, site.repository, '1.1.0')
    const before = await untouched(site)
    const report = await site.update('1.1.0', 1)
    expect(report).toMatchObject({ outcome: 'failed', downtime_ms: 0, problem: { hint: /\w/ } })
    expect(await untouched(site)).toEqual(before)
  })

  test('then a file that compose rejects is told in its own words', async ({ expect }) => {
    await using site = await Site.create(bed, { images: [{ version: '1.1.0' }] })
    const text = composeFile(site.at).replace('    ports:', '    depends_on: [ nobody ]\n    ports:')
    await site.project.write('docker-compose.yml', text)
    const before = await untouched(site)
    const said = await site.update('1.1.0', 1)
    const problem = said.error ?? said.problem
    expect(problem).toMatchObject({ code: 'E_COMPOSE_INVALID' })
    expect(problem?.message).toMatch(/nobody/)
    expect(await untouched(site)).toEqual(before)
  })

  test('D24: when another run of it goes on, then a second one is refused, not queued', async ({ expect }) => {
    await using site = await Site.create(bed, { images: [{ version: '1.1.0' }, { version: '1.2.0' }] })
    const first = await holdBefore(site, 'update 1.1.0', 'start')
    const second = await site.update('1.2.0', 1)
    expect(second.error?.code).toBe('E_LOCKED')
    const said = await first.goOn()
    expect(reportOf(said), said).toMatchObject({ outcome: 'committed' })
    expect(await site.project.serves()).toBe('1.1.0')
    expect((await site.belay('history', site.name)).json.runs).toHaveLength(1)
  })
})

describe.concurrent('D22: the compose program', () => {
  test('D22: when there is only another program of that name, then it says which to install, and nothing is touched', async ({
    expect,
  }) => {
    await using site = await Site.create(bed, { images: [{ version: '1.1.0' }] })
    const before = await untouched(site)
    const bin = join(site.at.folder, 'bin')
    // Of that name, but it is something else: found by what it answers, not by where it lies.
    await site.project.write('bin/docker-compose', '#!/bin/sh\necho "compose: unknown option -- $1" >&2\nexit 64\n')
    await chmod(join(bin, 'docker-compose'), 0o755)
    await site.project.write('bin/docker', '#!/bin/sh\nexit 127\n')
    await chmod(join(bin, 'docker'), 0o755)
    const said = await site.belayWith({ PATH: bin }, 'update', site.name, '--to', '1.1.0', '--yes')
    expect(said.code, said.stderr).toBe(1)
    const problem = said.json.error ?? said.json.problem
    expect(problem?.code).toBe('E_COMMAND_NOT_FOUND')
    expect(problem?.hint).toMatch(/docker.compose/)
    expect(await untouched(site)).toEqual(before)
  })
})

describe.concurrent('D23: what an update needs of its surroundings', () => {
  const auth = Buffer.from(`${registryUser.username}:${registryUser.password}`).toString('base64')

  test('D23: when the registry asks who calls, then the owner’s docker login is used, and told when it is missing', async ({
    expect,
  }) => {
    const registry = await bed.anotherRegistry({ auth: true })
    await using site = await Site.create(bed, {
      registry,
      dockerConfig: { auths: { [registry.host]: { auth } } },
      images: [{ version: '1.1.0' }, { version: '1.2.0' }],
    })
    await site.update('1.1.0', 0)
    expect(await site.project.serves()).toBe('1.1.0')
    await writeFile(join(site.project.env['DOCKER_CONFIG'] ?? '', 'config.json'), '{}')
    const said = await site.update('1.2.0', 1)
    const problem = said.error ?? said.problem
    expect(problem?.hint).toMatch(/docker login/)
    expect(await site.project.serves()).toBe('1.1.0')

    // From belay.yaml, by the environment: in no plan, journal or report.
    const { username, password } = registryUser
    await site.configure({ source: { username, password: { env: 'SHOP_PASSWORD' } } })
    const updated = await site.belayWith({ SHOP_PASSWORD: password }, 'update', site.name, '--to', '1.2.0', '--yes')
    expect(updated.code, updated.stderr).toBe(0)
    const all = await site.project.run(['grep', '-raF', '-e', password, '-e', auth, site.state])
    expect({ ...all, updated: updated.stdout.includes(password) }).toMatchObject({
      code: 1,
      stdout: '',
      updated: false,
    })
  })

  test('D23: when there is no room for the image, then nothing is pulled', async ({ expect }) => {
    await using site = await Site.create(bed, {
      images: [{ version: '1.1.0', claimedBytes: 900e12 }],
      // Those that belay adds by itself.
      component: () => ({ checks: undefined }),
    })
    const before = await untouched(site)
    const report = await site.update('1.1.0', 1)
    expect(report).toMatchObject({ outcome: 'failed', bytes_downloaded: 0, problem: { code: 'E_CHECK_FAILED' } })
    // Where the engine keeps its images, wherever the compose file lies.
    expect(report.problem?.message).toContain(join(bed.engine.folder, 'data'))
    expect(await untouched(site)).toEqual(before)
  })

  test('D23: when a service has limits, then the new container has them too', async ({ expect }) => {
    await using site = await Site.create(bed, {
      images: [{ version: '1.1.0' }],
      files: (at) => ({
        'docker-compose.yml': composeFile(at)
          .replace('"3.7"', '"2.4"')
          .replace('    ports:', '    mem_limit: 64m\n    cpus: 0.5\n    ports:'),
      }),
    })
    await site.update('1.1.0', 0)
    const [app] = await site.project.containers('app')
    const limits = ['inspect', '--format', '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}', app?.Id ?? '']
    expect((await bed.engine.docker(limits)).stdout).toBe(`${64 * 1024 * 1024} 500000000\n`)
  })
})

/** The very containers, started when they were, and what of the run could be seen in the folder and the engine. */
async function untouched(site: Site): Promise<unknown> {
  const containers = await site.project.containers('app')
  const images = await bed.engine.docker(['image', 'ls', '--quiet', `${site.at.image}:1.1.0`])
  return {
    containers: containers.map(({ Id, State }) => [Id, State.StartedAt, State.Status]),
    file: await site.project.read(),
    images: images.stdout,
    serves: await site.project.serves(),
  }
}
