import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { knownModel } from './known-model.ts'
import type { ComposeModel } from './model.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-known-model-'))
  await mkdir(join(dir, 'bin'))
  await program('docker-compose')
  await put('site/compose.yml', 'services: { app: { image: "app:1" } }\n')
  vi.stubEnv('PATH', join(dir, 'bin'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

async function put(path: string, text: string): Promise<void> {
  await mkdir(join(dir, path, '..'), { recursive: true })
  await writeFile(join(dir, path), text)
}

async function program(name: string, says = 'exit 0'): Promise<void> {
  await put(`bin/${name}`, `#!/bin/sh\n${says}\n`)
  await chmod(join(dir, 'bin', name), 0o755)
}

const model: ComposeModel = {
  program: { argv: ['docker-compose'], version: null, generation: 'v1' },
  name: null,
  warnings: ['The COLOUR variable is not set.'],
  services: new Map([
    [
      'app',
      {
        image: 'app:1',
        built: false,
        profiles: [],
        dependsOn: [{ service: 'db', condition: 'service_healthy' }],
        stopGraceMs: 1500,
        stopSignal: null,
        healthcheck: 'set',
        mounts: [{ type: 'bind', source: './conf', target: '/conf' }],
        networkMode: 'host',
      },
    ],
  ]),
  volumes: new Map([['data', { name: null, external: false }]]),
}

interface Asking {
  readonly profiles?: readonly string[]
  readonly files?: readonly string[]
}

function known({ profiles = [], files = ['site/compose.yml'] }: Asking = {}) {
  const project = {
    files: files.map((file) => join(dir, file)),
    project: null,
    profiles,
    envFile: null,
    directory: null,
    engine: '',
  }
  return knownModel(join(dir, 'cache'), project, [['docker', 'compose'], ['docker-compose']])
}

const remembered = async () => (await known()).remember(model)

test('when compose has said it of the same files before then it is known, whole', async () => {
  expect((await known()).model).toBe(null)
  await remembered()
  expect((await known()).model).toStrictEqual(model)
})

test.each<[string, () => Promise<unknown>]>([
  ['a byte of the file', () => put('site/compose.yml', 'services: { app: { image: "app:2" } }\n')],
  ['the environment file', () => put('site/.env', 'TAG=2\n')],
  ['the program', () => program('docker-compose', 'exit 1')],
  ['which programs there are', () => program('docker')],
  ['where the engine is', async () => vi.stubEnv('DOCKER_HOST', 'tcp://elsewhere')],
])('when %s is another than then then compose is asked again', async (_what, change) => {
  await remembered()
  await change()
  expect((await known()).model).toBe(null)
})

test('when other profiles or files are meant then compose is asked', async () => {
  await put('site/more.yml', 'services: {}\n')
  await remembered()
  expect((await known({ profiles: ['debug'] })).model).toBe(null)
  expect((await known({ files: ['site/compose.yml', 'site/more.yml'] })).model).toBe(null)
})

test.each([
  'services: { app: { extends: { file: base.yml, service: app } } }',
  'include: [ other.yml ]',
  'services: { app: { env_file: app.env } }',
  'services: { app: { label_file: app.labels } }',
])('when a file takes in another one then compose is asked every time: %s', async (text) => {
  await put('site/compose.yml', text)
  await remembered()
  expect((await known()).model).toBe(null)
})

test('when the file is changed while compose is asked then its answer is not kept for either', async () => {
  const asking = await known()
  await put('site/compose.yml', 'services: { app: { image: "app:2" } }\n')
  await asking.remember(model)
  expect((await known()).model).toBe(null)
  await put('site/compose.yml', 'services: { app: { image: "app:1" } }\n')
  expect((await known()).model).toBe(null)
})
