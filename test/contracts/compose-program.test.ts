// needs: compose
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { BelayError, type Problem } from '../../src/core/model/problem.ts'
import { digestSchema } from '../../src/core/model/names.ts'
import { imageEdits } from '../../src/host/compose/edits.ts'
import { locateImages } from '../../src/host/compose/locate.ts'
import { newReference } from '../../src/host/compose/new-reference.ts'
import { scalarAt } from '../../src/host/compose/place.ts'
import { type ComposeProgram, findCompose } from '../../src/host/compose/program.ts'
import type { ComposeProject } from '../../src/host/compose/project.ts'
import { projectName } from '../../src/host/compose/project-name.ts'
import { composeConfig } from '../../src/host/compose/run.ts'
import { replaceScalar } from '../../src/host/compose/scalar.ts'
import { type Room, room } from '../../src/host/tree/testing.ts'
import { commandFile } from '../../scripts/test/requirements.ts'
import { composePlugin } from '../e2e/bed/compose-v2.ts'

/**
 * Compose files as the real programs of both generations read them: what we read in a file is what compose reads, and
 * what we change is what compose sees changed.
 */
const fixtures = join(import.meta.dirname, '../fixtures/compose')
const real = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yml'))
const rejected = 'dunebugger/install-6ddc8d7.docker-compose.yml'
const { signal } = new AbortController()
const digest = digestSchema.parse(`sha256:${'a'.repeat(64)}`)

let plugins = ''
beforeAll(async () => {
  const found = await composePlugin()
  if ('missing' in found) throw new Error(found.missing)
  plugins = found.plugins
}, 180_000)
afterEach(() => vi.unstubAllEnvs())

/** A machine that has these programs and no others. */
function have(here: Room, ...programs: readonly ('docker' | 'docker-compose' | 'plugin')[]): void {
  mkdirSync(here.at('bin'), { recursive: true })
  mkdirSync(here.at('docker'), { recursive: true })
  for (const name of programs) {
    const file = name === 'plugin' ? plugins : commandFile(name)
    if (file !== null) symlinkSync(file, name === 'plugin' ? here.at('docker/cli-plugins') : here.at(`bin/${name}`))
  }
  vi.stubEnv('PATH', here.at('bin'))
  vi.stubEnv('DOCKER_CONFIG', here.at('docker'))
}

function projectOf(here: Room, change: Partial<ComposeProject> = {}): ComposeProject {
  const files = [here.at('docker-compose.yml')]
  return { files, project: null, profiles: [], envFile: null, directory: null, engine: '', ...change }
}

async function refusal(promise: Promise<unknown>): Promise<Problem> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof BelayError)) throw new Error(`it was not refused: ${String(error)}`)
  return error.problem
}

const spellings = [
  { spelling: 'docker compose', programs: ['docker', 'plugin'], generation: 'v2' },
  { spelling: 'docker-compose', programs: ['docker', 'docker-compose'], generation: 'v1' },
] as const

describe.each(spellings)('$spelling', ({ spelling, programs, generation }) => {
  test('D22: when it is the one that is there, then it is found by asking, with its version', async () => {
    await using here = await room()
    have(here, ...programs)
    const found: ComposeProgram = await findCompose(projectOf(here), signal)
    expect(found).toMatchObject({ argv: spelling.split(' '), generation })
    expect(found.version).toMatch(generation === 'v1' ? /^1\.\d+\.\d+/ : /^[2-9]\.\d+\.\d+/)
  })

  test.each(real.filter((name) => name !== rejected))(
    'when %s is read, then each image is as compose says',
    async (name) => {
      await using here = await room()
      have(here, ...programs)
      here.plant({ 'docker-compose.yml': readFileSync(join(fixtures, name), 'utf8'), '.env': '' })
      const project = projectOf(here)
      const before = await composeConfig(project, signal)
      const services = [...before.services].filter(([, { built }]) => !built).map(([service]) => service)
      expect(before.services.size).toBeGreaterThan(0)
      const images = await locateImages(project, before, services)
      for (const service of services) {
        const text = readFileSync(here.at('docker-compose.yml'), 'utf8')
        const wanted = newReference(images.get(service)?.reference ?? '', '9.9.9', digest)
        const [edit, ...more] = imageEdits(images, new Map([[service, wanted]]))
        const scalar = edit === undefined ? null : scalarAt(text, edit.place)
        if (edit === undefined || scalar === null) throw new Error(`${service} was not found`)
        expect(more).toEqual([])
        writeFileSync(here.at('docker-compose.yml'), replaceScalar(text, scalar, edit.to))
        const after = await composeConfig(project, signal, before.program)
        const mine = before.services.get(service)
        expect([...after.services]).toEqual(
          [...before.services].map(([one, is]) => [one, one === service ? { ...mine, image: wanted } : is]),
        )
        writeFileSync(here.at('docker-compose.yml'), text)
      }
    },
  )

  test('when compose rejects a real file, then it is refused in its own words', async () => {
    await using here = await room()
    have(here, ...programs)
    here.plant({ 'docker-compose.yml': readFileSync(join(fixtures, rejected), 'utf8'), '.env': '' })
    const problem = await refusal(composeConfig(projectOf(here), signal))
    expect(problem).toMatchObject({ code: 'E_COMPOSE_INVALID', facts: { program: spelling } })
    expect(problem.message).toMatch(/scheduler["'] depends on (?:undefined )?service ["']dunebugger-remote["']/)
    expect(problem.message).toContain(here.at('docker-compose.yml'))
  })

  test('when files override, extend and use variables, then each image is read as compose reads it', async () => {
    await using here = await room()
    have(here, ...programs)
    here.plant({
      '.env':
        'export TAG="1.2" # note\nTAG=1.3\nBASE=3\nVARIANT=${BASE}.1-alpine\r\nEMPTY=\nSPACED = x # y\nHASH=1.2#x\n',
      'docker-compose.yml': `
version: "3.4"
x-app: &app
  image: "\${REG:-host:5000}/app:\${TAG}"
services:
  merged: {<<: *app}
  alias: *app
  tag: {image: 'o/a:$TAG'}
  variant: {image: 'o/a:\${VARIANT}'}
  spaced: {image: 'o/a:\${SPACED}'}
  fallback: {image: 'o/a:\${EMPTY:-1}\${EMPTY-2}'}
  hash: {image: 'o/a:1', command: "\${HASH}"}
  folded:
    image: >-
      o/a:7
  over: {image: 'o/a:1', build: .}
  kept: {image: 'o/a:1'}
`,
      'o.yml': 'version: "3.4"\nservices:\n  over: {image: "o/a:2"}\n  kept: {tty: true}\n',
    })
    const project = projectOf(here, { files: [here.at('docker-compose.yml'), here.at('o.yml')] })
    const model = await composeConfig(project, signal)
    const services = [...model.services.keys()]
    expect(services).toHaveLength(10)
    // It throws for one that is not as compose says.
    const images = await locateImages(project, model, services)
    expect(images.get('variant')?.reference).toBe('o/a:3.1-alpine')
    expect(images.get('over')?.reference).toBe('o/a:2')
  })

  test('when compose warns, then its warnings are kept, and a variable of our own shell does not count', async () => {
    await using here = await room()
    have(here, ...programs)
    vi.stubEnv('TAG', '9')
    here.plant({ 'docker-compose.yml': 'version: "3"\nservices:\n  web: {image: "o/a:${TAG}"}\n' })
    const project = projectOf(here)
    const model = await composeConfig(project, signal)
    expect(model.services.get('web')?.image).toBe('o/a:')
    expect(model.warnings.join('\n')).toMatch(/TAG"? variable is not set/)
    const images = await locateImages(project, model, ['web'])
    expect(() => imageEdits(images, new Map([['web', 'o/a:2']]))).toThrow(/comes from TAG, which no file sets/)
  })

  test('when compose repeats a secret of the environment file, then nobody reads it', async () => {
    await using here = await room()
    have(here, ...programs)
    here.plant({
      '.env': 'PASSWORD=hunter2hunter2',
      'docker-compose.yml': 'version: "3"\nservices:\n  web: {image: a, network_mode: "service:${PASSWORD}"}\n',
    })
    const problem = await refusal(composeConfig(projectOf(here), signal))
    expect(problem.code).toBe('E_COMPOSE_INVALID')
    expect(problem.message).toContain('***')
    expect(JSON.stringify(problem)).not.toContain('hunter2')
  })

  test('when a service is described, then what we ask of it is read', async () => {
    await using here = await room()
    have(here, ...programs)
    here.plant({
      'docker-compose.yml': `
version: "3.4"
services:
  web:
    image: a
    depends_on: [db]
    stop_grace_period: 1m30s
    stop_signal: SIGQUIT
    healthcheck: {disable: true}
    volumes: [ './docker-compose.yml:/etc/compose.yml:ro', 'data:/data', /cache ]
  db: {image: b, healthcheck: {test: [CMD, "true"]}, network_mode: host}
volumes: {data: {name: shop-data}}
`,
    })
    const { services, volumes } = await composeConfig(projectOf(here), signal)
    expect(services.get('web')).toMatchObject({
      dependsOn: [{ service: 'db', condition: 'service_started' }],
      stopGraceMs: 90_000,
      stopSignal: 'SIGQUIT',
      healthcheck: 'disabled',
      mounts: [
        { type: 'bind', source: here.at('docker-compose.yml'), target: '/etc/compose.yml' },
        { type: 'volume', source: 'data', target: '/data' },
        { type: 'volume', source: null, target: '/cache' },
      ],
    })
    expect(services.get('db')).toMatchObject({ healthcheck: 'set', networkMode: 'host', stopGraceMs: null })
    expect(volumes.get('data')).toEqual({ name: 'shop-data', external: false })
  })
})

test('D22: when docker has no compose plugin and there is no other, then it is said what to install', async () => {
  await using here = await room()
  have(here, 'docker')
  here.plant({ 'docker-compose.yml': 'services: {}' })
  const problem = await refusal(composeConfig(projectOf(here), signal))
  expect(problem).toMatchObject({ code: 'E_COMMAND_NOT_FOUND', hint: expect.stringContaining('docker compose') })
})

test('when both are there, then the plugin is taken', async () => {
  await using here = await room()
  have(here, 'docker', 'docker-compose', 'plugin')
  expect((await findCompose(projectOf(here), signal)).argv).toEqual(['docker', 'compose'])
})

test('when a service is of a profile that is not switched on, then that is said, and what to write', async () => {
  await using here = await room()
  have(here, 'docker', 'plugin')
  here.plant({
    'docker-compose.yml':
      'version: "3.4"\nservices:\n  web: {image: "o/a:1"}\n  tool: {image: "o/b:1", profiles: [rare]}\n',
  })
  const project = projectOf(here)
  const problem = await refusal(locateImages(project, await composeConfig(project, signal), ['tool']))
  expect(problem).toMatchObject({ code: 'E_COMPOSE_IMAGE', hint: expect.stringContaining('profiles:') as string })
  expect(problem.message).toContain('its profile is not switched on')
  const profiled = { ...project, profiles: ['rare'] }
  const images = await locateImages(profiled, await composeConfig(profiled, signal), ['tool'])
  expect(images.get('tool')?.reference).toBe('o/b:1')
})

test('when a project includes files, then each image is read as compose reads it', async () => {
  await using here = await room()
  have(here, 'docker', 'plugin')
  here.plant({
    '.env': 'TAG=root\n',
    'docker-compose.yml':
      'include:\n  - inc/c.yml\n  - path: [two/a.yml, two/b.yml]\n    env_file: two/x.env\nservices: {}\n',
    'inc/c.yml':
      'services:\n  one: {image: "o/a:${TAG}"}\n  two: {image: "o/b:${OTHER}"}\n  three: {extends: {file: e.yml, service: base}}\n',
    'inc/.env': 'TAG=inc\nOTHER=inc\n',
    'inc/e.yml': 'services:\n  base: {image: "o/e:1"}\n',
    'two/a.yml': 'services:\n  four: {image: "o/d:1"}\n',
    'two/b.yml': 'services:\n  four: {image: "o/d:$X"}\n  five: {image: "o/f:1", profiles: [rare]}\n',
    'two/x.env': 'X=x\n',
  })
  const project = projectOf(here, { profiles: ['rare'] })
  const model = await composeConfig(project, signal)
  const services = [...model.services.keys()]
  expect(services.toSorted()).toEqual(['five', 'four', 'one', 'three', 'two'])
  expect((await locateImages(project, model, services)).get('four')?.reference).toBe('o/d:x')
})

test.each([
  ['the folder', {}, ''],
  ['its file', { 'docker-compose.yml': 'name: ${WHO:-shop}\nservices: {a: {image: a}}\n' }, 'shop'],
  [
    'its environment file',
    { 'docker-compose.yml': 'name: no\nservices: {a: {image: a}}\n', '.env': 'COMPOSE_PROJECT_NAME=shop_1\n' },
    'shop_1',
  ],
])('when a project has its name by %s, then it is known without asking compose', async (_, files, name) => {
  await using here = await room()
  have(here, 'docker', 'plugin')
  here.plant({ 'docker-compose.yml': 'services: {a: {image: a}}\n', ...files })
  const project = projectOf(here)
  const known = await projectName(project)
  expect(known).toBe(name === '' ? basename(here.dir).toLowerCase() : name)
  expect((await composeConfig(project, signal)).name).toBe(known)
})
