// needs: postgres, mariadb
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { mysqlWorld } from '../contracts/backup.mysql.world.ts'
import { postgresWorld } from '../contracts/backup.postgres.world.ts'
import { type Data, type DataWorld, type Saved, saving } from '../contracts/backup.contract.ts'
import { seeded } from './support/sample.ts'

/**
 * SIGKILL at every action of a restore and of its undo: before it, and while a program that was started works on alone.
 * `npm run test:crash` runs all of it; `npm test` a sample.
 */
const agent = fileURLToPath(new URL('../contracts/backup.agent.ts', import.meta.url))
const never = new AbortController().signal
const sampled = 3

type Verb = 'restore' | 'unrestore'

/** Does it in a process that is killed at its `at`-th action (0: never), and gives how many it got to; null: killed. */
async function inProcess(verb: Verb, { ref, restore }: Saved, at: number): Promise<number | null> {
  const args = [agent, JSON.stringify(ref.data), verb, JSON.stringify(restore), String(at)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let [said, errors] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const closed = once(child, 'close')
  // What it started may hold its outputs open: that it is gone is what counts.
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  if (signal === 'SIGKILL') return null
  await closed
  if (code !== 0) throw new Error(errors)
  return Number(said)
}

interface Ready {
  readonly data: Data
  readonly saved: Saved
  readonly first: string | null
  readonly later: string | null
}

async function ready(world: DataWorld): Promise<Ready> {
  const data = await world.make('rich')
  const saved = await saving(data)
  await saved.create()
  const first = await data.look()
  await data.change()
  return { data, saved, first, later: await data.look() }
}

/** Every second time what was begun is done, the other times it is undone. */
async function killRestore({ data, saved, first, later }: Ready, at: number): Promise<void> {
  expect(await inProcess('restore', saved, at)).toBeNull()
  if (at % 4 < 2) {
    await saved.backup.restore(saved.restore, never)
    expect(await data.look(), `restore killed at ${at} and done again`).toBe(first)
  }
  await saved.backup.unrestore(saved.restore, never)
  expect(await data.look(), `restore killed at ${at} and undone`).toBe(later)
}

async function killUnrestore({ data, saved, later }: Ready, at: number): Promise<void> {
  await saved.backup.restore(saved.restore, never)
  expect(await inProcess('unrestore', saved, at)).toBeNull()
  await saved.backup.unrestore(saved.restore, never)
  expect(await data.look(), `undo killed at ${at} and done again`).toBe(later)
}

const worlds = { postgres: postgresWorld, mysql: mysqlWorld }

for (const [kind, open] of Object.entries(worlds)) {
  describe(`when belay is killed while it restores data of ${kind}`, () => {
    for (const verb of ['restore', 'unrestore'] as const) {
      test(`then doing it again ends right (${verb})`, async () => {
        const world = await open()
        try {
          const it = await ready(world)
          if (verb === 'unrestore') await it.saved.backup.restore(it.saved.restore, never)
          const actions = (await inProcess(verb, it.saved, 0)) ?? 0
          await it.saved.backup.unrestore(it.saved.restore, never)
          expect(actions).toBeGreaterThan(10)
          const points = Array.from({ length: actions }, (_, i) => i + 1)
          for (const at of seeded(points, sampled, `${kind}/${verb}`)) {
            await (verb === 'restore' ? killRestore(it, at) : killUnrestore(it, at))
          }
        } finally {
          await world.close()
        }
      })
    }
  })
}
