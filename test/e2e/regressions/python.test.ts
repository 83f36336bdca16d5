// needs: venv
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { serveReleases } from '../../../src/cli/release/server.ts'
import { type Belay, openBelay } from '../../../src/main/open.ts'

const run = promisify(execFile)
const python = '/usr/bin/python3'

/** Says its version, that of its library and whose Python it is, once. */
const main = `import greeting, json, pathlib, sys
here = pathlib.Path(__file__).parent
print(json.dumps({"greeting": greeting.version, "prefix": sys.prefix, "config": (here / "config/user.ini").read_text()}))
`

/** A wheel of the library `greeting`, made by hand: a zip of five files. */
async function wheel(dir: string, version: string): Promise<void> {
  const info = `greeting-${version}.dist-info`
  const files: Readonly<Record<string, string>> = {
    'greeting/__init__.py': `version = "${version}"\n\ndef main():\n    print(version)\n`,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: greeting\nVersion: ${version}\n`,
    [`${info}/entry_points.txt`]: '[console_scripts]\ngreet = greeting:main\n',
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    [`${info}/RECORD`]: '',
  }
  const build = join(dir, `build-${version}`)
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(build, path, '..'), { recursive: true })
    await writeFile(join(build, path), text)
  }
  await mkdir(join(dir, 'wheels'), { recursive: true })
  const name = join(dir, 'wheels', `greeting-${version}-py3-none-any.whl`)
  await run(python, ['-m', 'zipfile', '-c', name, 'greeting', info], { cwd: build })
}

async function publish(dir: string, version: string, requirement: string): Promise<void> {
  const tree = join(dir, `tree-${version}`)
  await mkdir(join(tree, 'app/config'), { recursive: true })
  await writeFile(join(tree, 'app/main.py'), main)
  await writeFile(join(tree, 'app/config/user.ini'), `shipped with ${version}\n`)
  await writeFile(join(tree, 'requirements.txt'), `${requirement}\n`)
  await writeFile(join(tree, 'VERSION'), `${version}\n`)
  const folder = join(dir, 'releases', version)
  await mkdir(folder, { recursive: true })
  const archive = `core-${version}.tar.gz`
  await run('tar', ['-czf', join(folder, archive), '.'], { cwd: tree })
  const sum = createHash('sha256')
    .update(await readFile(join(folder, archive)))
    .digest('hex')
  await writeFile(join(folder, `${archive}.sha256`), `${sum}  ${archive}\n`)
}

async function stage(requirements: Readonly<Record<string, string>>) {
  const dir = await mkdtemp(join(tmpdir(), 'belay-python-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  for (const version of ['1.0', '2.0']) await wheel(dir, version)
  for (const [version, requirement] of Object.entries(requirements)) await publish(dir, version, requirement)
  const server = await serveReleases({
    dir: join(dir, 'releases'),
    host: '127.0.0.1',
    port: 0,
    signal: new AbortController().signal,
  })
  onTestFinished(() => server.close())
  const core = join(dir, 'core')
  const pip = ['.venv/bin/python', '-m', 'pip', 'install', '--no-index', '--find-links', join(dir, 'wheels')]
  const belay: Belay = await openBelay({
    state: join(dir, 'state'),
    config: {
      version: 1,
      agent: { allow_http: ['127.0.0.1'] },
      components: {
        core: {
          source: { type: 'http', url: `${server.url}/feed.json`, asset: 'core-{version}.tar.gz' },
          strategy: {
            type: 'directory',
            path: core,
            layout: 'in-place',
            preserve: ['app/config/**'],
            prepare: [
              [python, '-m', 'venv', '.venv'],
              [...pip, '-r', 'requirements.txt'],
            ],
            service: { type: 'none' },
          },
          version: { file: 'VERSION', scheme: 'loose' },
        },
      },
    },
  })
  onTestFinished(() => belay.close())
  // As a unit would start it: by the script that pip made.
  const greets = async () => (await run(join(core, '.venv/bin/greet'))).stdout.trim()
  const says = async () =>
    JSON.parse((await run(join(core, '.venv/bin/python'), ['app/main.py'], { cwd: core })).stdout)
  return { belay, core, says, greets }
}

test('D8: when an update brings other libraries, then they are in its own environment, and edited files stay', async () => {
  const { belay, core, says, greets } = await stage({ '1.0': 'greeting==1.0', '1.1': 'greeting==2.0' })
  expect(await belay.update('core', { to: '1.0' })).toMatchObject({ outcome: 'committed' })
  await writeFile(join(core, 'app/config/user.ini'), 'edited by hand\n')
  expect(await belay.update('core')).toMatchObject({ outcome: 'committed', to: '1.1' })
  expect(await says()).toEqual({ greeting: '2.0', prefix: join(core, '.venv'), config: 'edited by hand\n' })
  expect(await greets()).toBe('2.0')
  // The Python of the system was not touched.
  await expect(run(python, ['-c', 'import greeting'])).rejects.toThrow(/No module named 'greeting'/)
  expect(await belay.rollback('core')).toMatchObject({ outcome: 'committed' })
  expect(await greets()).toBe('1.0')
  expect(await says()).toEqual({ greeting: '1.0', prefix: join(core, '.venv'), config: 'edited by hand\n' })
})

test('D8, D13: when a library cannot be had, then the version that runs keeps its own, and its files', async () => {
  const { belay, core, says } = await stage({ '1.0': 'greeting==1.0', '1.1': 'greeting==9.9' })
  await belay.update('core', { to: '1.0' })
  await writeFile(join(core, 'app/config/user.ini'), 'edited by hand\n')
  const report = await belay.update('core')
  expect(report).toMatchObject({ outcome: 'failed', problem: { code: 'E_COMMAND_FAILED' }, downtime_ms: 0 })
  expect(JSON.stringify(report.problem)).toContain('greeting==9.9')
  expect(await says()).toEqual({ greeting: '1.0', prefix: join(core, '.venv'), config: 'edited by hand\n' })
})
