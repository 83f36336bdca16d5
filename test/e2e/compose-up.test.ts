// needs: bed, containers
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { BelayError } from '../../src/core/model/problem.ts'
import type { ComposeProject as Project } from '../../src/host/compose/project.ts'
import { composeUp } from '../../src/host/compose/run.ts'
import { findCompose } from '../../src/host/compose/program.ts'
import type { ComposeProject, Spelling } from './bed/compose.ts'
import { type ContainerBed, startContainers } from './bed/containers.ts'

/** What brings services up, by both compose programs, on a real engine. */
let bed: ContainerBed
beforeAll(async () => {
  bed = await startContainers()
  for (const version of ['1', '2']) {
    await bed.push('up/app', { version, healthcheck: false })
    await bed.engine.docker(['pull', '--quiet', `${bed.registry.host}/up/app:${version}`])
  }
})
afterAll(() => bed?.close())
afterEach(() => vi.unstubAllEnvs())

const { signal } = new AbortController()
const spellings: readonly Spelling[] = ['docker compose', 'docker-compose']

/** `a-web` comes after `db`; `other` is nobody's business. */
function composeFile(version: string): string {
  const image = `${bed.registry.host}/up/app:${version}`
  return `
version: "3.4"
services:
  a-web: { image: "${image}", depends_on: [ db ] }
  db: { image: "${image}" }
  other: { image: "${bed.registry.host}/up/app:1" }
  missing: { image: "${bed.registry.host}/up/app:none" }
`
}

async function brought(spelling: Spelling): Promise<{ readonly files: ComposeProject; readonly project: Project }> {
  const files = await bed.project(spelling)
  vi.stubEnv('DOCKER_CONFIG', files.env['DOCKER_CONFIG'] ?? '')
  await files.write('docker-compose.yml', composeFile('1'))
  const project = {
    files: [files.path()],
    project: files.name,
    profiles: [],
    envFile: null,
    directory: null,
    engine: bed.engine.host,
  }
  expect((await findCompose(project, signal)).argv.join(' ')).toBe(spelling)
  await composeUp(project, ['a-web', 'db', 'other'], signal)
  return { files, project }
}

const one = async (files: ComposeProject, service: string) => {
  const [found] = await files.containers(service)
  return { id: found?.Id, image: found?.Config.Image, since: Date.parse(found?.State.StartedAt ?? '') }
}

describe.each(spellings)('%s', (spelling) => {
  test('when services are brought up, then those whose image changed are replaced, in their order, and no others', async () => {
    const { files, project } = await brought(spelling)
    await using _ = files
    const [db, other] = [await one(files, 'db'), await one(files, 'other')]
    await files.write('docker-compose.yml', composeFile('2'))
    await composeUp(project, ['a-web', 'db'], signal)
    const [web, newDb] = [await one(files, 'a-web'), await one(files, 'db')]
    expect([web.image, newDb.image]).toEqual(Array(2).fill(`${bed.registry.host}/up/app:2`))
    expect(newDb.id).not.toBe(db.id)
    expect(newDb.since).toBeLessThan(web.since)
    expect(await one(files, 'other')).toEqual(other)
    // And once more: what is as its file says is left.
    await composeUp(project, ['a-web', 'db'], signal)
    expect(await one(files, 'db')).toEqual(newDb)
  })

  test('when an image is not here, then what runs goes on, and compose’s own words are told', async () => {
    const { files, project } = await brought(spelling)
    await using _ = files
    const web = await one(files, 'a-web')
    const error = await composeUp(project, ['missing'], signal).catch((thrown: unknown) => thrown)
    if (!(error instanceof BelayError)) throw new Error(`it came up: ${String(error)}`)
    expect(error.problem).toMatchObject({
      code: 'E_SERVICE_START',
      facts: { program: spelling, services: ['missing'] },
    })
    expect(error.problem.message).toMatch(/up\/app:none/)
    expect(await one(files, 'a-web')).toEqual(web)
  })
})
