import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type StepRoom, stepRoom, verbs } from '../../test/fakes/steps.ts'
import { digestSchema } from '../core/model/names.ts'
import type { DownloadStep } from '../core/plan/step.ts'
import { type TestServer, testServer } from '../host/http/testing.ts'

const bytes = Buffer.from('x'.repeat(50_000))
const digestOf = (content: Buffer) => digestSchema.parse(`sha256:${createHash('sha256').update(content).digest('hex')}`)

function downloading(here: StepRoom, server: TestServer, more: Partial<DownloadStep> = {}): DownloadStep {
  return {
    kind: 'download',
    phase: 'before',
    detail: 'a.tar.gz',
    source: { type: 'http', url: `${server.url}/feed.json` },
    artifact: { name: 'a.tar.gz', url: `${server.url}/a.tar.gz`, bytes: bytes.length, digest: null },
    digest: digestOf(bytes),
    statedBy: 'SHA256SUMS',
    to: here.at('run/artifact'),
    bytesMax: 100_000,
    ...more,
  }
}

/** Serves the file, and the rest of it where a range is asked for. */
const serveFile = () =>
  testServer((request, response) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const range = { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }
    response.writeHead(from > 0 ? 206 : 200, { etag: '"1"', ...(from > 0 ? range : {}) })
    response.end(bytes.subarray(from))
  })

test('when it is whole and fits its digest, then it has its name and says what it fetched', async () => {
  await using here = await stepRoom()
  await using server = await serveFile()
  const facts = await verbs(here, downloading(here, server)).apply()
  expect(readFileSync(here.at('run/artifact'))).toEqual(bytes)
  expect(facts).toMatchObject({ bytes: bytes.length, sha256: digestOf(bytes), resumed: false })
})

test('when a crash left a part, then only the rest is fetched', async () => {
  await using here = await stepRoom()
  await using server = await serveFile()
  here.plant({ 'run/': '' })
  writeFileSync(here.at('run/artifact.part'), bytes.subarray(0, 20_000))
  const it = verbs(here, downloading(here, server))
  expect(await it.observe()).toBe('absent')
  expect(await it.apply()).toMatchObject({ bytes: 30_000, resumed: true })
  expect(readFileSync(here.at('run/artifact'))).toEqual(bytes)
})

test('when it does not fit its digest, then it never gets its name, and who stated it is named', async () => {
  await using here = await stepRoom()
  await using server = await serveFile()
  const it = verbs(here, downloading(here, server, { digest: digestOf(Buffer.from('another')) }))
  await expect(it.apply()).rejects.toMatchObject({ problem: { code: 'E_CHECKSUM_MISMATCH' } })
  await expect(it.apply()).rejects.toThrow('SHA256SUMS')
  expect(await it.observe()).toBe('absent')
})

test('when a part is undone, then nothing of it stays', async () => {
  await using here = await stepRoom()
  await using server = await serveFile()
  here.plant({ 'run/artifact.part': 'x' })
  await verbs(here, downloading(here, server)).undo()
  expect(existsSync(here.at('run/artifact.part'))).toBe(false)
})
