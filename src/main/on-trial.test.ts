import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runIdSchema } from '../core/model/names.ts'
import { noMemory } from '../core/trust/tuf/memory.ts'
import { readAnswer, selfDir, writeTrial } from '../host/self/record.ts'
import { openTrustStore } from '../host/trust/store.ts'
import { answer } from './on-trial.ts'

/** A host on which a version of Belay is on trial, and that has seen one signed repository. */
async function scene() {
  const state = await mkdtemp(join(tmpdir(), 'belay-trial-'))
  onTestFinished(() => rm(state, { recursive: true, force: true }))
  const program = { node: process.execPath, file: '/opt/belay/start.mjs' }
  const run = runIdSchema.parse('r-0000abcd')
  await writeTrial(selfDir(state), { run, previous: program, candidate: program, tries: 3, confirmed: false })
  const dir = join(state, 'trust/one')
  await mkdir(dir, { recursive: true })
  await (await openTrustStore(dir)).remember(noMemory)
  return { state, dir, answered: () => readAnswer(selfDir(state)) }
}

test('A7-43: when the version on trial reads what this host trusts, then it says that it has started well', async () => {
  const { state, answered } = await scene()
  await answer(state)
  expect(await answered()).toMatchObject({ run: 'r-0000abcd' })
})

test('A7-43: when a newer belay wrote what this host trusts, then the version on trial says nothing, and the one before comes back', async () => {
  const { state, dir, answered } = await scene()
  const text = JSON.stringify({ v: 2, generation: 9, memory: { something: 'new' } })
  const sum = createHash('sha256').update(text).digest('hex')
  for (const copy of ['memory.a', 'memory.b']) await writeFile(join(dir, copy), `${sum}\n${text}\n`)
  await expect(answer(state)).rejects.toMatchObject({ problem: { code: 'E_METADATA_MEMORY' } })
  expect(await answered()).toBeNull()
})

test('A7-43: when the version on trial cannot read the newer root, then it says nothing, and the one before comes back', async () => {
  const { state, dir, answered } = await scene()
  const signed = { _type: 'root', spec_version: '2.0.0', version: 7, expires: '2030-01-01T00:00:00Z', keys: [] }
  await writeFile(join(dir, 'root.json'), JSON.stringify({ signatures: [], signed }))
  await expect(answer(state)).rejects.toMatchObject({
    problem: { code: 'E_METADATA_INVALID', message: expect.stringContaining('cannot read the root') },
  })
  expect(await answered()).toBeNull()
})

test('when nothing is on trial, then nothing is said', async () => {
  const { state } = await scene()
  await rm(join(selfDir(state), 'trial'))
  await answer(state)
  expect(existsSync(join(selfDir(state), 'answer'))).toBe(false)
})
