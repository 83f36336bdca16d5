import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const program = new URL('../../src/main/belay.ts', import.meta.url).pathname

async function desk() {
  const dir = await mkdtemp(join(tmpdir(), 'belay-manifest-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  await writeFile(join(dir, 'app-1.2.0.tar.gz'), 'bytes')
  const belay = (...words: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      execFile(process.execPath, [program, 'release', 'manifest', ...words], { cwd: dir }, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), out, err }),
      )
    })
  return { dir, belay }
}

const about =
  '--version 1.2.0 --path /opt/app --service app --artifact app-1.2.0.tar.gz --url https://example.org/app-1.2.0.tar.gz'.split(
    ' ',
  )

test('when a publisher makes a manifest, then it has the checksum of the file, and is right for what it was made of', async () => {
  const { dir, belay } = await desk()
  const made = await belay(...about, '--out', 'update-manifest.yaml')
  expect(made).toMatchObject({
    code: 0,
    out: `${join(dir, 'update-manifest.yaml')} is the update manifest of 1.2.0.\n`,
  })
  const text = await readFile(join(dir, 'update-manifest.yaml'), 'utf8')
  expect(text).toContain(`checksum: "sha256:${createHash('sha256').update('bytes').digest('hex')}"`)
  expect(await belay('update-manifest.yaml', ...about)).toMatchObject({ code: 0 })
  expect(await belay(...about, '--out', 'update-manifest.yaml')).toMatchObject({ code: 2 })
  await writeFile(join(dir, 'app-1.2.0.tar.gz'), 'other bytes')
  const stale = await belay('update-manifest.yaml', ...about, '--json')
  expect(stale.code).toBe(1)
  expect(JSON.parse(stale.out)).toMatchObject({
    manifest: { valid: false, reasons: [expect.stringContaining('the checksum is not that of app-1.2.0.tar.gz')] },
  })
})

test('when a manifest is checked that runs programs, then each is told with its place', async () => {
  const { belay } = await desk()
  const file = new URL('../fixtures/manifests/scheduler-d2c61ce.json', import.meta.url).pathname
  const { code, out } = await belay(file, '--version', '1.0.0-beta.13', '--type', 'container')
  expect(code).toBe(1)
  expect(out).toContain('scheduler-d2c61ce.json:8:17 pre_checks[0].action: action "exec" would run a program')
})

test('when the guide shows a manifest, then it is the example to the letter, and hosts of its config would take it', async () => {
  const { belay } = await desk()
  const example = new URL('../../docs/guide/examples/update-manifest.yml', import.meta.url).pathname
  const page = await readFile(new URL('../../docs/guide/manifests.md', import.meta.url), 'utf8')
  expect(page).toContain(`\`\`\`yml\n${await readFile(example, 'utf8')}\`\`\``)
  const host =
    '--type python_app --component core --path /opt/example/core --backups /opt/example/backups --service core'
  const more = '--requirements requirements.txt --migrations scripts/migrate.sh --health http://localhost:5000/health'
  const said = await belay(example, '--version', '1.2.0', ...`${host} ${more}`.split(' '))
  expect(said).toMatchObject({ code: 0, err: '' })
})
