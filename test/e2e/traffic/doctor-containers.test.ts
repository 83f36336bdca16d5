// needs: containers, bed
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DoctorDocument } from '../../../src/cli/render/doctor.ts'
import type { ComposeProject } from '../bed/compose.ts'
import { type ContainerBed, startContainers } from '../bed/containers.ts'
import { ensureImage } from '../bed/image.ts'
import { pinnedNode } from '../bed/requirements.ts'

const guide = resolve(import.meta.dirname, '../../../docs/guide/graceful-shutdown.md')
/** Longer than a machine stands still: what ends before was not killed. */
const patienceSeconds = 10

let bed: ContainerBed
let image: string
let recipe: { readonly program: string; readonly words: string; readonly init: string }

beforeAll(async () => {
  const page = await readFile(guide, 'utf8')
  const found = (pattern: RegExp) => pattern.exec(page)?.[1] ?? ''
  recipe = {
    program: found(/^```js\n(.*?)^```/ms),
    words: found(/^CMD (\[.*\])$/m),
    init: found(/^```yml\n.*?^ {4}(init: true)$/ms),
  }
  bed = await startContainers()
  image = await ensureImage(bed.engine)
})
afterAll(() => bed?.close())

/** Two services of one program; `more`: what else the compose file says of each. */
async function patient(program: string, more: readonly string[] = []): Promise<ComposeProject> {
  const project = await bed.project('docker-compose')
  const service = (slot: string, port: number) => `
  web-${slot}:
    image: ${image}
    command: ${recipe.words}
    working_dir: /srv
    environment: { HOST: 0.0.0.0, PORT: "8080" }
    volumes: [ "${pinnedNode()}:/usr/local/bin/node:ro", "./server.mjs:/srv/server.mjs:ro" ]
    ports: [ "127.0.0.1:${port}:8080" ]
    stop_grace_period: ${patienceSeconds}s${more.map((line) => `\n    ${line}`).join('')}`
  const [blue, green] = [project.port + 1, project.port + 2]
  await project.write('server.mjs', program)
  await project.write(
    'docker-compose.yml',
    `version: "3.7"\nservices:${service('blue', blue)}${service('green', green)}\n`,
  )
  const traffic = {
    type: 'command',
    active: ['echo', 'blue'],
    switch: ['false'],
    front: `http://127.0.0.1:${blue}/`,
    slots: { blue, green },
    ready: { path: '/' },
  }
  const strategy = { type: 'compose', file: project.path(), service: 'web', traffic }
  const web = { source: { type: 'oci', image: 'example.org/shop/web' }, strategy }
  await writeFile(join(project.folder, 'belay.json'), JSON.stringify({ version: 1, components: { web } }))
  await project.compose(['up', '-d', 'web-blue'])
  await expect.poll(() => project.http('/', blue).catch(() => null)).not.toBeNull()
  return project
}

async function doctor(project: ComposeProject): Promise<DoctorDocument> {
  const globals = ['-c', join(project.folder, 'belay.json'), '--state', join(project.folder, 'state'), '--json']
  const said = await bed.belay(project, [...globals, 'doctor', 'web'])
  if (said.stdout === '') throw new Error(said.stderr)
  return JSON.parse(said.stdout) as DoctorDocument
}

const bare = (program: string) => program.replace(/^process\.once\('SIGTERM'.*$/m, '')

test('when Node is the first process of its container and handles SIGTERM, then it drains, and the slot is empty again', async () => {
  await using project = await patient(recipe.program)
  const [before] = await project.containers('web-blue')
  const { trial } = await doctor(project)
  expect(trial).toMatchObject({
    slot: 'green',
    verdict: 'drains',
    process: { first: true },
    served: { failed: 0, steady: true },
    exit_code: 0,
  })
  const [after] = await project.containers('web-blue')
  expect(after?.State.Pid).toBe(before?.State.Pid)
  expect((await project.containers('web-green')).map(({ State }) => State.Running)).toEqual([false])
})

test('when Node is the first process and handles nothing, then it is killed when its patience is over', async () => {
  await using project = await patient(bare(recipe.program))
  const { trial } = await doctor(project)
  expect(trial).toMatchObject({
    verdict: 'ignores',
    process: { first: true, patience_ms: patienceSeconds * 1000 },
    exit_code: 137,
  })
  expect(trial?.gone_ms).toBeGreaterThan(patienceSeconds * 1000 - 500)
})

test('when an init stands before a program that handles nothing, then it ends at once and cuts what it was answering', async () => {
  await using project = await patient(bare(recipe.program), [recipe.init])
  const { trial } = await doctor(project)
  expect(trial).toMatchObject({ verdict: 'cuts', process: { first: true, handles: true } })
  expect(trial?.gone_ms).toBeLessThan(patienceSeconds * 1000 - 500)
})

test('when a shell script is the first process, then what is seen of it without a trial says that it handles nothing', async () => {
  await using project = await patient(recipe.program)
  const compose = await project.read('docker-compose.yml')
  await project.write('docker-compose.yml', compose.replaceAll(recipe.words, '[ sh, -c, "node server.mjs; true" ]'))
  await project.compose(['up', '-d', 'web-blue'])
  const { findings } = await doctor(project)
  const found = findings.find(({ code }) => code === 'ignores-term')
  expect(found?.why).toContain(`takes ${patienceSeconds} s`)
})
