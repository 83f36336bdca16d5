import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { expect, onTestFinished, test } from 'vitest'
import { serveReleases } from '../../src/cli/release/server.ts'
import { githubReleaseSchema } from '../../src/sources/github/schema.ts'
import { writeRelease } from './source.servers.ts'

/** GitHub's own description of its answers judges both sides: what our server says, and what our parser takes. */
const fixture = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`../fixtures/github/${name}`, import.meta.url), 'utf8'))

async function githubSchemas() {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    formats: {
      uri: (text: string) => URL.canParse(text),
      'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/,
      email: /@/,
      int64: true,
    },
  })
  ajv.addSchema({ $id: 'github', ...(await fixtureObject('schemas.json')) })
  const judge = (name: string) => {
    const validate = ajv.compile({ $ref: `github#/components/schemas/${name}` })
    return (json: unknown) => (validate(json) ? [] : (validate.errors ?? []))
  }
  return { release: judge('release'), asset: judge('release-asset') }
}

async function fixtureObject(name: string): Promise<object> {
  const json = await fixture(name)
  if (typeof json !== 'object' || json === null) throw new Error(`${name} is no object`)
  return json
}

async function exampleRelease(): Promise<Record<string, unknown>> {
  const list = await fixture('release-items.example.json')
  if (!Array.isArray(list)) throw new Error('the example is no list')
  return structuredClone(list[0])
}

async function served(path: string): Promise<unknown> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-schema-'))
  const files = { 'app.tar.gz': 'a', 'app.tar.gz.sha256': 'b', 'notes.txt': 'c' }
  await writeRelease(dir, { tag: 'v1.0.0', notes: 'N', date: '2026-01-01T00:00:00.000Z', files })
  await writeRelease(dir, { tag: 'v1.1.0-rc.1', prerelease: true, files })
  await writeRelease(dir, { tag: '0.9', files: {} })
  const server = await serveReleases({ dir, host: '127.0.0.1', port: 0, signal: new AbortController().signal })
  onTestFinished(async () => {
    await server.close()
    await rm(dir, { recursive: true, force: true })
  })
  return (await fetch(`${server.url}${path}`)).json()
}

test('when the published example is judged by the published schema, then the judge works', async () => {
  const { release } = await githubSchemas()
  const example = await exampleRelease()
  expect(release(example)).toStrictEqual([])
  expect(release({ ...example, draft: 'no' })).toMatchObject([{ instancePath: '/draft' }])
  expect(release({ ...example, published_at: 'now' })).toMatchObject([{ instancePath: '/published_at' }])
})

test('when releases are served, then the answers are what GitHub describes', async () => {
  const { release, asset } = await githubSchemas()
  const list = await served('/repos/o/r/releases')
  if (!Array.isArray(list)) throw new Error('the answer is no list')
  expect(list).toHaveLength(3)
  for (const item of list) expect(release(item)).toStrictEqual([])
  for (const path of ['latest', 'tags/v1.1.0-rc.1', String(list[0].id)]) {
    expect(release(await served(`/repos/o/r/releases/${path}`))).toStrictEqual([])
  }
  const one = await served(`/repos/o/r/releases/assets/${list[0].assets[0].id}`)
  expect(asset(one)).toStrictEqual([])
})

test('when GitHub sends its published example, then the parser takes it', async () => {
  expect(githubReleaseSchema.parse(await exampleRelease())).toMatchObject({
    tag_name: 'v1.0.0',
    published_at: '2013-02-27T19:35:32.000Z',
    assets: [{ name: 'example.zip', size: 1024, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) }],
  })
})

test('when GitHub leaves out or empties whatever its schema lets it, then the parser takes that too', async () => {
  const { release } = await githubSchemas()
  const example = await exampleRelease()
  const asset = Array.isArray(example['assets']) ? example['assets'][0] : {}
  const variants = [
    ...weakened(example),
    ...weakened(asset).map((weaker) => ({ ...example, assets: [weaker] })),
    { ...example, assets: [] },
  ].filter((variant) => release(variant).length === 0)
  expect(variants.length).toBeGreaterThan(10)
  const refused = variants.filter((variant) => !githubReleaseSchema.safeParse(variant).success)
  expect(refused).toStrictEqual([])
})

/** One key gone, or null, at a time. */
function weakened(whole: Record<string, unknown>): readonly Record<string, unknown>[] {
  return Object.keys(whole).flatMap((key) => {
    const { [key]: _, ...without } = whole
    return [without, { ...whole, [key]: null }]
  })
}
