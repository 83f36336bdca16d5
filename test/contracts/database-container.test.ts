// needs: bed, containers
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { inContainer } from '../../src/host/data/database/container.ts'
import { type ContainerBed, startContainers } from '../e2e/bed/containers.ts'

/** Programs of databases, inside of the containers that their servers run in. */
const never = new AbortController().signal
let bed: ContainerBed
beforeAll(async () => {
  bed = await startContainers()
  await bed.push('db/server', { version: '1.0.0' })
  for (const [name, service] of [
    ['shop-db-1', 'db'],
    ['a-web-1', 'web'],
    ['b-web-1', 'web'],
  ] as const) {
    const label = `com.docker.compose.service=${service}`
    await docker('run', '--detach', '--name', name, '--label', label, `${bed.registry.host}/db/server:1.0.0`)
  }
})
afterAll(() => bed?.close())

async function docker(...argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await bed.engine.docker(argv)
  if (code !== 0) throw new Error(`docker ${argv.join(' ')}: ${stderr}`)
  return stdout.trim()
}

const place = (name: string) =>
  inContainer({ name, engine: 'auto', environment: { DOCKER_HOST: bed.engine.host }, user: null }, never)

test.each(['shop-db-1', 'db'])(
  'when a container is named %s then programs run in it, with files and secrets handed over',
  async (name) => {
    const dir = await mkdtemp(join(tmpdir(), 'belay-in-'))
    onTestFinished(() => rm(dir, { recursive: true, force: true }))
    await writeFile(join(dir, 'in'), 'x'.repeat(1_000_000))
    await using from = await open(join(dir, 'in'), 'r')
    await using to = await open(join(dir, 'out'), 'w')
    const inside = await place(name)
    const input = { env: { WORD: 'it\'s a "secret" $x' }, timeoutMs: 60_000, signal: never }
    const script = 'cat; echo "$WORD"'
    const result = await inside.run({ ...input, argv: ['sh', '-c', script], stdin: from.fd, stdout: to.fd })
    expect(result).toMatchObject({ code: 0 })
    expect(await readFile(join(dir, 'out'), 'utf8')).toBe(`${'x'.repeat(1_000_000)}it's a "secret" $x\n`)
    expect((await inside.run({ ...input, argv: ['sh', '-c', 'exit 3'] })).code).toBe(3)
    expect([126, 127]).toContain((await inside.run({ ...input, argv: ['pg_dump'] })).code)
  },
)

test('when no such container runs, or several do, then that is said', async () => {
  await expect(place('shop')).rejects.toMatchObject({
    problem: { code: 'E_NOT_FOUND', hint: expect.stringContaining('docker ps') },
  })
  await expect(place('web')).rejects.toMatchObject({
    problem: { code: 'E_NOT_FOUND', message: expect.stringContaining('several') },
  })
})
