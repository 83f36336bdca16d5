// needs: python, python-servers
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/host/clock.ts'
import { openJournal } from '../../../src/storage/journal.ts'
import { componentName, corePlan } from '../../fakes/plan.ts'
import { type Patient, Ward } from './doctor.world.ts'

const node = process.execPath
/** With nothing but an idle connection and a request that is answered at once. */
const goneMsMax = 3000
const guide = resolve(import.meta.dirname, '../../../docs/guide/graceful-shutdown.md')

async function recipe(language: string): Promise<string> {
  const page = await readFile(guide, 'utf8')
  const found = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(page)?.[1]
  if (found === undefined) throw new Error(`the guide has no recipe in ${language}`)
  return found
}

function inNode(program: string): Patient {
  return { files: { 'server.mjs': program }, command: [node, 'server.mjs'] }
}

/** `before`: what stands there before it listens. */
function server(more: string, before = ''): string {
  return `import { createServer } from 'node:http'
    import { existsSync, writeFileSync } from 'node:fs'
    ${before}
    const server = createServer((request, response) => {
      const answer = () => response.end('hello')
      if (request.url === '/slow') setTimeout(answer, 1500)
      else answer()
    })
    server.listen(Number(process.env.PORT), '127.0.0.1')
    ${more}`
}

const drains = "process.on('SIGTERM', () => server.close())"

describe.each([
  ['js', 'server.mjs', [node, 'server.mjs']],
  ['python', 'server.py', ['/usr/bin/python3', 'server.py']],
] as const)('the recipe in %s', (language, file, command) => {
  test('when a doctor tries it then it drains, and all is as it was', async () => {
    await using ward = await Ward.create({ files: { [file]: await recipe(language) }, command })
    const before = await ward.standing()
    const { code, document, output } = await ward.doctor('app')
    expect(document.trial, output).toMatchObject({
      slot: 'green',
      version: '1.0.0',
      verdict: 'drains',
      served: { failed: 0, steady: true },
      port: { request: 'half-sent', answered: 'yes' },
      exit_code: null,
    })
    // The quickest of three: a machine that stands still makes any of them slow.
    let goneMs = document.trial?.gone_ms ?? Number.POSITIVE_INFINITY
    for (let more = 0; more < 2 && goneMs >= goneMsMax; more += 1) {
      goneMs = (await ward.doctor('app')).document.trial?.gone_ms ?? Number.POSITIVE_INFINITY
    }
    expect(goneMs).toBeLessThan(goneMsMax)
    expect(document.trial?.served.asked).toBeGreaterThan(5)
    expect(document.findings.map(({ code }) => code)).toEqual(['agent-absent'])
    expect(code).toBe(1)
    expect(await ward.standing()).toEqual(before)
  })
})

const servers = {
  gunicorn: `def app(environ, start_response):
    start_response("200 OK", [("Content-Length", "5")])
    return [b"hello"]
`,
  uvicorn: `import asyncio

async def app(scope, receive, send):
    assert scope["type"] == "http"
    if scope["path"] == "/slow":
        await asyncio.sleep(1.5)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})
`,
}

test.each([
  ['gunicorn', 'wsgi.py', [], 'half-sent'],
  ['uvicorn', 'asgi.py', ['--slow', '/slow'], 'slow'],
] as const)('when %s is started as the guide says then it drains', async (name, file, words, request) => {
  const lines = [...(await readFile(guide, 'utf8')).matchAll(/^```sh\n(exec .*\n)```/gm)].map(([, line = '']) => line)
  const line = lines.find((each) => each.includes(name)) ?? ''
  await using ward = await Ward.create({ files: { [file]: servers[name] }, command: ['sh', '-c', line] })
  const before = await ward.standing()
  const { document, output } = await ward.doctor('app', ...words)
  expect(document.trial, output).toMatchObject({ verdict: 'drains', port: { request, answered: 'yes' } })
  expect(document.trial?.process?.handles).toBe(true)
  expect(await ward.standing()).toEqual(before)
})

test('when a slow request is under way then it is seen whether it is answered, and no new one is taken meanwhile', async () => {
  await using ward = await Ward.create(inNode(server(drains)))
  const { document, output } = await ward.doctor('app', '--slow', '/slow')
  expect(document.trial, output).toMatchObject({ verdict: 'drains', port: { request: 'slow', answered: 'yes' } })
  expect(document.trial?.port?.refuses_ms).toBeLessThan(document.trial?.gone_ms ?? 0)
  expect(document.trial?.port?.idle).toBe('closed')
})

test('when nothing handles SIGTERM then requests are cut, which is told in either language', async () => {
  await using ward = await Ward.create(inNode(server('')))
  const { code, document, output } = await ward.doctor('app', '--slow', '/slow')
  expect(document.trial, output).toMatchObject({ verdict: 'cuts', port: { answered: 'no' } })
  expect(code).toBe(1)
  const german = await ward.run(['doctor', 'app'], { LANG: 'de_DE.UTF-8' })
  expect(german.output).toContain('Sie läuft nicht aus')
  expect(german.output).toContain('docs/guide/graceful-shutdown.md')
})

test('when it ignores SIGTERM then it is killed, and nothing of it is left', async () => {
  await using ward = await Ward.create({
    ...inNode(server("process.on('SIGTERM', () => {})")),
    traffic: { drain: { requests: '500ms', streams: '1m' } },
  })
  const before = await ward.standing()
  const { document, output } = await ward.doctor('app')
  expect(document.trial, output).toMatchObject({ verdict: 'ignores', gone_ms: null })
  expect(await ward.standing()).toEqual(before)
})

test('when a second one cannot start beside the first then that is said with its own words, and the first was served on', async () => {
  const lock =
    "if (existsSync('../../lock')) { console.error('already running'); process.exit(3) }\nwriteFileSync('../../lock', '')"
  await using ward = await Ward.create({
    ...inNode(server(drains, lock)),
    traffic: { ready: { path: '/', timeout: '10s' } },
  })
  const before = await ward.standing()
  const { code, document, output } = await ward.doctor('app')
  expect(document.trial, output).toMatchObject({ verdict: 'unready', ready_ms: null, served: { failed: 0 } })
  expect(JSON.stringify(document.trial?.problem)).toContain('already running')
  expect(code).toBe(1)
  expect(await ward.standing()).toEqual(before)
})

test('when the second one takes something from the first then two do not get along', async () => {
  const takes = "writeFileSync('../../owner', process.env.BELAY_SLOT)"
  const loses = `import { readFileSync } from 'node:fs'
    server.prependListener('request', (request, response) => {
      if (readFileSync('../../owner', 'utf8') !== process.env.BELAY_SLOT) response.statusCode = 503
    })`
  await using ward = await Ward.create(inNode(server(`${drains}\n${loses}`, takes)))
  const { document, output } = await ward.doctor('app')
  expect(document.trial, output).toMatchObject({ verdict: 'alone' })
})

describe('a doctor that is killed in its trial', () => {
  test.each(['doctor', 'resume'])('when "%s" follows then nothing is left of what it had started', async (next) => {
    await using ward = await Ward.create(inNode(server(drains)))
    const [blue] = await ward.pids()
    const child = ward.spawn(['doctor', 'app'])
    await expect.poll(async () => (await ward.pids()).length).toBe(2)
    child.kill('SIGKILL')
    await expect.poll(() => child.signalCode).toBe('SIGKILL')
    if (next === 'resume') await ward.run(['resume'])
    else expect((await ward.doctor('app')).document.trial?.verdict).toBe('drains')
    expect(await ward.pids()).toEqual([blue])
    expect((await ward.standing()).retiring).toEqual([])
  })
})

test('when somebody presses Ctrl-C in a trial then it is cleared away, and said', async () => {
  await using ward = await Ward.create(inNode(server(drains)))
  const before = await ward.standing()
  const child = ward.spawn(['--json', 'doctor', 'app'])
  const said = text(child.stdout)
  await expect.poll(async () => (await ward.pids()).length).toBe(2)
  child.kill('SIGINT')
  expect(JSON.parse(await said)).toMatchObject({ error: { code: 'E_CANCELLED' } })
  expect(await ward.standing()).toEqual(before)
})

test('when it must not run twice, or has no second slot, then nothing is tried and the reason is given', async () => {
  const patient = inNode(server(drains))
  await using ward = await Ward.create(patient)
  const before = await ward.standing()
  await ward.configure({ ...patient, traffic: { twice: false } })
  expect((await ward.doctor('app')).document).toMatchObject({ trial: null, not_tried: { why: 'one-at-a-time' } })
  await ward.configure({ ...patient, strategy: { traffic: { type: 'none' } } })
  expect((await ward.doctor('app')).document.not_tried).toEqual({ why: 'no-slots' })
  expect(await ward.standing()).toEqual(before)
})

test('when a run was left behind then nothing is tried, and the run is among what is found', async () => {
  await using ward = await Ward.create(inNode(server(drains)))
  const before = await ward.standing()
  const plan = corePlan({ targets: [{ component: componentName('app'), from: '1.0.0', to: '1.1.0' }] })
  const journal = openJournal(ward.state, systemClock())
  await journal.append(plan.run, { t: 'opened', plan })
  journal.close()
  const { code, document } = await ward.doctor('app')
  expect(document).toMatchObject({ trial: null, not_tried: { why: 'unfinished', run: plan.run } })
  expect(document.findings.map((each) => each.code)).toContain('unfinished')
  expect(code).toBe(1)
  expect(await ward.standing()).toEqual(before)
})

test('when nobody is named then what would not work is found, with what to do about each', async () => {
  const patient = inNode(server(drains))
  await using ward = await Ward.create(patient)
  const nowhere = join(ward.dir, 'belay.json', 'backups')
  await ward.configure({
    ...patient,
    component: {
      version: { file: 'NOWHERE' },
      source: { type: 'http', url: 'http://127.0.0.1:9/feed.json', asset: 'app-{version}.tar.gz' },
      data: [{ type: 'path', path: join(ward.dir, 'tree') }],
      backups: { path: [nowhere] },
    },
  })
  expect((await ward.run(['check', '--force'])).code).toBe(1)
  const { code, document, output } = await ward.doctor()
  const own = document.findings.filter(({ component }) => component === 'app')
  expect(own.map(({ code: found }) => found).toSorted(), output).toEqual([
    'agent-absent',
    'backup-place',
    'source-failed',
    'version-unknown',
  ])
  for (const { what, hint } of document.findings) expect([what, hint]).not.toContain('')
  expect(code).toBe(1)
})

test('when the config is wrong then each error is a finding', async () => {
  const patient = inNode(server(drains))
  await using ward = await Ward.create(patient)
  await ward.configure({ ...patient, strategy: { pth: '/srv', layout: 'sluts' } })
  const { code, document } = await ward.doctor()
  const told = document.findings.filter(({ code: found }) => found === 'E_CONFIG_INVALID').map(({ what }) => what)
  expect(told).toHaveLength(2)
  expect(told.join('\n')).toContain('pth')
  expect(code).toBe(1)
})
