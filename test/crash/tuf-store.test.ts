import { spawn } from 'node:child_process'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { problemOf } from '../../src/core/model/problem.ts'
import { TestRepository } from '../contracts/tuf.repository.ts'
import { diskClient } from '../contracts/tuf.server.ts'
import { arm, type Fault } from './support/fs-faults.ts'
import { seed, seeded } from './support/sample.ts'

/**
 * A7-30: a check that learns of a new root and of new metadata ends at any call that changes the disk. What was refused
 * before is refused after it, and the next check comes to the newest state by itself.
 */
const nowMs = Date.UTC(2027, 0, 1)

/** A host that has seen two states; the server has a third. `yesterday` makes it show the first again. */
async function world() {
  const repository = new TestRepository(nowMs)
  const client = await diskClient(repository, nowMs)
  await client.refresh()
  const first = new Map(repository.files)
  repository.nextRoot()
  repository.publish()
  await client.refresh()
  repository.nextRoot()
  repository.publish()
  const third = new Map(repository.files)
  const [trust, copy] = [join(client.dir, 'trust'), join(client.dir, 'copy')]
  await cp(trust, copy, { recursive: true })
  const show = (files: ReadonlyMap<string, Buffer>) => {
    repository.files.clear()
    for (const [name, bytes] of files) repository.files.set(name, bytes)
  }
  return {
    client,
    yesterday: () => show(first),
    today: () => show(third),
    again: async () => {
      await rm(trust, { recursive: true, force: true })
      await cp(copy, trust, { recursive: true })
    },
  }
}

type World = Awaited<ReturnType<typeof world>>

async function disturbed({ client }: World, fault: Fault): Promise<number> {
  const armed = await arm(fault)
  try {
    await client.refresh()
  } catch {
    // Whatever it says: the disk is what is looked at.
  } finally {
    armed.disarm()
  }
  return armed.calls()
}

async function holds(here: World, point: string): Promise<void> {
  here.yesterday()
  const problem = await here.client.refresh().then(() => null, problemOf)
  expect(problem?.code, `${point}: ${problem?.message}`).toBe('E_METADATA_ROLLBACK')
  here.today()
  const { root, timestamp, snapshot } = await here.client.refresh()
  expect(
    [root, timestamp, snapshot].map(({ signed }) => signed.version),
    point,
  ).toStrictEqual([3, 3, 3])
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1)

describe(`a check of a signed repository (seed ${seed})`, () => {
  test.each(['stop', 'full'] as const)(
    'A7-30: when it ends (%s) at any call, then a step back is still refused',
    async (how) => {
      const here = await world()
      const calls = await disturbed(here, { how, at: 0 })
      expect(calls).toBeGreaterThan(10)
      for (const at of seeded(upTo(calls), 40, how)) {
        await here.again()
        await disturbed(here, { how, at })
        await holds(here, `${how} at ${at} of ${calls}`)
      }
    },
  )

  test('A7-30: when the very first check ends at any call, then the next one is well', async () => {
    const here = await world()
    const trust = join(here.client.dir, 'trust')
    await rm(trust, { recursive: true })
    const calls = await disturbed(here, { how: 'stop', at: 0 })
    for (const at of seeded(upTo(calls), 30, 'first')) {
      await rm(trust, { recursive: true, force: true })
      await disturbed(here, { how: 'stop', at })
      expect((await here.client.refresh()).timestamp.signed.version, `at ${at} of ${calls}`).toBe(3)
    }
  })

  test('A7-30: when it is really killed at a rename, then a step back is still refused', async () => {
    const here = await world()
    const calls = Number((await child(here, { how: 'die', at: 0, only: ['rename'] })).output.match(/CALLS (\d+)/)?.[1])
    expect(calls).toBeGreaterThan(10)
    for (const at of seeded(upTo(calls), 5, 'killed')) {
      await here.again()
      expect((await child(here, { how: 'die', at, only: ['rename'] })).signal).toBe('SIGKILL')
      await holds(here, `killed at rename ${at}`)
    }
  })
})

const program = fileURLToPath(new URL('support/tuf-refresh.ts', import.meta.url))

function child({ client }: World, fault: Fault): Promise<{ readonly signal: string | null; readonly output: string }> {
  const args = [program, client.dir, client.server.url, String(nowMs), JSON.stringify(fault)]
  const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  started.stdout.on('data', (text: Buffer) => {
    output += text.toString()
  })
  return new Promise((done) => started.on('close', (_, signal) => done({ signal, output })))
}
