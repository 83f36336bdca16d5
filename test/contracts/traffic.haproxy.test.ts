// needs: haproxy
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { TrafficRef } from '../../src/core/plan/step.ts'
import { command } from '../../src/traffic/haproxy/client.ts'
import { haproxyTraffic } from '../../src/traffic/haproxy/index.ts'
import { type TrafficSubject, trafficContract } from './traffic.contract.ts'
import { startProgram, waitUntil } from './traffic.program.ts'
import { freePort } from '../../examples/demo/free-port.ts'
import { get, startApplication } from './traffic.stage.ts'

const never = new AbortController().signal
const kind = haproxyTraffic()
const service = { component: 'app', spec: { type: 'none' }, cwd: '/', user: null }

interface Staged extends TrafficSubject {
  readonly config: string
  readonly socket: string
  readonly stateFile: string
  readonly configText: string
  /** Of a config that differs so. */
  readonly complaintsOf: (change: object) => Promise<readonly string[]>
}

async function stage(check: string): Promise<Staged> {
  const folder = await mkdtemp(join(tmpdir(), 'belay-haproxy-'))
  const application = await startApplication()
  const port = await freePort()
  const [config, socket, stateFile] = ['haproxy.cfg', 'admin.sock', 'app.state'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const configText = `
global
  stats socket ${socket} level admin expose-fd listeners
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
frontend people
  bind 127.0.0.1:${port}
  default_backend app
backend app
  server-state-file-name ${stateFile}
  load-server-state-from-file local
  server blue 127.0.0.1:${application.slots.blue.port} ${check}
  server green 127.0.0.1:${application.slots.green.port} ${check} disabled
`
  await writeFile(config, configText)
  const front = `http://127.0.0.1:${port}`
  const answers = async () => (await get(`${front}/`).catch(() => null))?.status === 200
  const start = () => startProgram(['haproxy', '-W', '-f', config], answers)
  let program = await start()
  const worker = async () => /^Pid: (\d+)$/m.exec(await command(socket, ['show info'], never))?.[1]
  const spec = { type: 'haproxy', backend: 'app', socket, config, state_file: stateFile } as const
  const opened = (change: object) => {
    const parsed = kind.config.parse({ ...spec, ...change })
    const ref: TrafficRef = {
      component: 'app',
      spec,
      slots: application.slots,
      services: { blue: service, green: service },
    }
    const traffic = kind.open(parsed, ref)
    return { traffic, complaints: async () => (await kind.complaints?.(parsed, ref, never)) ?? [] }
  }
  const own = opened({})
  return {
    ...own,
    complaintsOf: (change) => opened(change).complaints(),
    config,
    socket,
    stateFile,
    configText,
    abilities: kind.abilities(kind.config.parse(spec)),
    front,
    application,
    proxy: {
      async reload() {
        const before = await worker()
        // A master that is just starting itself anew misses a signal.
        let asked = 0
        await waitUntil(
          () => 'a new worker answers',
          async () => {
            if (asked % 50 === 0) process.kill(program.pid, 'SIGUSR2')
            asked += 1
            return (await worker().catch(() => before)) !== before
          },
        )
      },
      async restart() {
        await program.stop()
        program = await start()
      },
      stop: () => program.stop(),
    },
    halves: {
      // The file of a switch that was done, and what runs put back beside it.
      async persist(slot) {
        await own.traffic.route({ blue: slot === 'blue' ? 100 : 0, green: slot === 'green' ? 100 : 0 }, never)
        await set(socket, slot === 'blue' ? 'green' : 'blue')
      },
      run: (slot) => set(socket, slot),
    },
    lacking: [
      { what: 'a backend', ...opened({ backend: 'shop' }), says: [/backend shop/, /haproxy\.cfg/] },
      {
        what: 'a server',
        ...opened({ servers: { blue: 'blue', green: 'second' } }),
        says: [/server second 127\.0\.0\.1:\d+ check/, /backend "?app/, /haproxy\.cfg/],
      },
    ],
    async dispose() {
      await program.stop()
      await application[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function set(socket: string, slot: string): Promise<void> {
  const other = slot === 'blue' ? 'green' : 'blue'
  const said = await command(
    socket,
    [`set server app/${slot} state ready`, `set server app/${other} state drain`],
    never,
  )
  expect(said.trim()).toBe('')
}

async function withStage(check: string, use: (staged: Staged) => Promise<void>): Promise<void> {
  const staged = await stage(check)
  try {
    await use(staged)
  } finally {
    await staged.dispose()
  }
}

const abilities = kind.abilities(kind.config.parse({ type: 'haproxy', backend: 'app' }))

for (const check of ['', 'check inter 300ms']) {
  for (const { name, check: holds } of trafficContract(abilities)) {
    test(`haproxy${check === '' ? '' : ' with checks of its own'}: ${name}`, () => withStage(check, holds))
  }
}

test('when the check of haproxy finds a slot down then blue is kept until it is up', () =>
  withStage('check inter 100ms', async ({ application, front, traffic }) => {
    await application.end('green')
    let done = false
    const routed = traffic.route({ blue: 0, green: 100 }, never).then(() => {
      done = true
    })
    for (let n = 0; n < 50; n += 1) expect(await get(`${front}/`)).toEqual({ status: 200, slot: 'blue' })
    expect(done).toBe(false)
    await application.start('green')
    await routed
    await expect.poll(() => get(`${front}/`)).toEqual({ status: 200, slot: 'green' })
  }))

test('when the config would forget who is served then a complaint has the lines to add', () =>
  withStage('', async ({ complaints, config, configText, stateFile }) => {
    await writeFile(config, configText.replace(/server-state-file-name.*\n.*load-server.*\n/, ''))
    expect((await complaints()).join('\n')).toMatch(
      new RegExp(`"backend app".*server-state-file-name ${stateFile} · load-server-state-from-file local`),
    )
    await writeFile(config, configText.replace('load-server-state-from-file local', ''))
    expect((await complaints()).join('\n')).not.toContain('server-state-file-name')
    await rm(config)
    expect((await complaints()).join('\n')).toContain('traffic.config')
  }))

test('when the folder of the state file is not there then a complaint says so', () =>
  withStage('', async ({ complaintsOf, stateFile }) => {
    const folder = `${stateFile}.d`
    const said = await complaintsOf({ state_file: join(folder, 'app.state') })
    expect(said.join('\n')).toContain(`${folder}, where Belay writes who is served, is not there`)
    await mkdir(folder)
    expect((await complaintsOf({ state_file: join(folder, 'app.state') })).join('\n')).not.toContain('is not there')
  }))

test('when both servers get people from the start then a complaint says which line to change', () =>
  withStage('', async ({ complaints, config, configText, proxy, traffic }) => {
    await writeFile(config, configText.replace(' disabled', ''))
    await proxy.restart()
    expect((await complaints()).join('\n')).toContain('Add "disabled" to the line of the server green')
    // It is set right by the first switch all the same.
    await traffic.route({ blue: 100, green: 0 }, never)
    expect(await complaints()).toEqual([])
    await proxy.reload?.()
    expect(await complaints()).toEqual([])
  }))

test('when other backends have lines in the state file then they stay', () =>
  withStage('', async ({ stateFile, traffic }) => {
    const other = '9 shop 1 blue 127.0.0.1 2 8 1 1 1 6 3 4 6 0 0 0 - 81 - 0 0 - - 0'
    await writeFile(stateFile, `1\n# be_id\n${other}\n`)
    await traffic.route({ blue: 0, green: 100 }, never)
    await traffic.route({ blue: 100, green: 0 }, never)
    const lines = (await readFile(stateFile, 'utf8')).split('\n')
    expect(lines.filter((line) => line === other)).toHaveLength(1)
    expect(lines.filter((line) => line.includes(' app '))).toHaveLength(2)
  }))

test('when the socket may not change servers then that is said before and with what to write', () =>
  withStage('', async ({ complaints, config, configText, proxy, traffic }) => {
    await writeFile(config, configText.replace('level admin', 'level operator'))
    await proxy.restart()
    expect((await complaints()).join('\n')).toContain('level admin')
    await expect(traffic.route({ blue: 100, green: 0 }, never)).rejects.toMatchObject({
      problem: { code: 'E_PERMISSION', hint: expect.stringContaining('level admin') },
    })
  }))
