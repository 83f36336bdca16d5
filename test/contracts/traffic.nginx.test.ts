// needs: nginx
import { readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { TrafficRef } from '../../src/core/plan/step.ts'
import { sharesFor } from '../../src/core/traffic/slots.ts'
import { nginxTraffic } from '../../src/traffic/nginx/index.ts'
import { httpText, serverText } from '../../src/traffic/nginx/text.ts'
import { processInfo } from '../../src/host/process/find.ts'
import { type TrafficSubject, trafficContract } from './traffic.contract.ts'
import { startProgram, waitUntil } from './traffic.program.ts'
import { freePort } from '../../examples/demo/free-port.ts'
import { get, startApplication } from './traffic.stage.ts'

const never = new AbortController().signal
const kind = nginxTraffic()
const service = { component: 'app', spec: { type: 'none' }, cwd: '/', user: null }

interface Staged extends TrafficSubject {
  readonly folder: string
  readonly conf: string
  readonly confText: string
}

async function stage(): Promise<Staged> {
  const root = await mkdtemp(join(tmpdir(), 'belay-nginx-'))
  await chmod(root, 0o755)
  const application = await startApplication()
  const [port, statusPort, nobody] = [await freePort(), await freePort(), await freePort()]
  const [conf, folder] = [join(root, 'nginx.conf'), join(root, 'belay')]
  const spec = {
    type: 'nginx',
    folder,
    upstream: 'app',
    status: `127.0.0.1:${statusPort}`,
    program: ['nginx', '-e', join(root, 'early.log'), '-c', conf],
  } as const
  const parsed = kind.config.parse(spec)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${root}/t;`)
  const confText = `
daemon off;
user nobody nogroup;
worker_processes 2;
pid ${root}/nginx.pid;
error_log ${root}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  ${temporary.join('\n  ')}
  include ${folder}/app.http.conf;
  server {
    listen 127.0.0.1:${port};
    include ${folder}/app.server.conf;
    location / {
      proxy_pass http://$app;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_read_timeout 1h;
    }
  }
}
`
  await mkdir(folder)
  await writeFile(conf, confText)
  await writeFile(join(folder, 'app.http.conf'), httpText(parsed, application.slots))
  await writeFile(join(folder, 'app.server.conf'), serverText(parsed))
  const front = `http://127.0.0.1:${port}`
  const answers = async () => (await get(`${front}/`).catch(() => null))?.status === 200
  const start = () => startProgram([...spec.program], answers)
  let program = await start()
  const opened = (change: object, slots = application.slots) => {
    const changed = kind.config.parse({ ...spec, ...change })
    const ref: TrafficRef = { component: 'app', spec, slots, services: { blue: service, green: service } }
    const traffic = kind.open(changed, ref)
    return { traffic, complaints: async () => (await kind.complaints?.(changed, ref, never)) ?? [] }
  }
  return {
    ...opened({}),
    folder,
    conf,
    confText,
    abilities: kind.abilities(parsed),
    front,
    application,
    proxy: {
      async reload() {
        const before = new Set(workersOf(program.pid))
        process.kill(program.pid, 'SIGHUP')
        await waitUntil(
          () => 'new workers alone take connections',
          async () => {
            const now = workersOf(program.pid)
            return now.length > 0 && now.every((pid) => !before.has(pid))
          },
        )
      },
      async restart() {
        await program.stop()
        program = await start()
      },
      stop: () => program.stop(),
    },
    lacking: [
      {
        what: 'the include',
        ...opened({ folder: `${folder}/other`, status: `127.0.0.1:${nobody}` }),
        says: [
          /upstreams app_blue/,
          /include .*\/other\/app\.http\.conf;/,
          /include .*\/other\/app\.server\.conf;/,
          /if \(-f /,
        ],
      },
      {
        what: 'the upstream',
        ...opened({ upstream: 'shop' }),
        says: [/upstream shop/, /shop\.http\.conf/, /upstream shop_green \{/],
      },
      {
        what: 'the ports',
        ...opened({}, { ...application.slots, green: { host: '127.0.0.1', port: 9 } }),
        says: [/app\.http\.conf/, /server 127\.0\.0\.1:9 max_fails=0;/],
      },
    ],
    async dispose() {
      await program.stop()
      await application[Symbol.asyncDispose]()
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** Those that take connections: an old one says in its title that it is shutting down. */
function workersOf(master: number): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => {
    if (processInfo(pid)?.parent !== master) return false
    return !readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('shutting down')
  })
}

async function withStage(use: (staged: Staged) => Promise<void>): Promise<void> {
  const staged = await stage()
  try {
    await use(staged)
  } finally {
    await staged.dispose()
  }
}

const abilities = kind.abilities(kind.config.parse({ type: 'nginx', upstream: 'app', status: '127.0.0.1:8009' }))

for (const { name, check } of trafficContract(abilities)) {
  test(`nginx: ${name}`, () => withStage(check))
}

test('when the workers may not see the folder then the switch is refused and blue is served', () =>
  withStage(async ({ complaints, folder, front, traffic }) => {
    await chmod(folder, 0o700)
    await expect(traffic.route({ blue: 0, green: 100 }, never)).rejects.toMatchObject({
      problem: { code: 'E_TRAFFIC_REFUSED', message: expect.stringContaining(`${folder}/app/now`) },
    })
    expect(await traffic.served(never)).toEqual({ shares: sharesFor('blue', 100), persisted: sharesFor('blue', 100) })
    expect(await get(`${front}/`)).toEqual({ status: 200, slot: 'blue' })
    await chmod(folder, 0o755)
    await traffic.route({ blue: 0, green: 100 }, never)
    await chmod(folder, 0o700)
    expect(await traffic.served(never)).toEqual({ shares: sharesFor('blue', 100), persisted: sharesFor('green', 100) })
    expect((await complaints()).join('\n')).toContain('must be able to enter that folder')
  }))

test('when a slot has gone while a body was still arriving for it then the other one answers', () =>
  withStage(async ({ application, front, traffic }) => {
    const asked = request(`${front}/`, { method: 'POST', agent: false, headers: { 'content-length': 6 } })
    const answered = new Promise<unknown>((resolve, reject) => {
      asked.once('response', (answer) => {
        answer.resume()
        resolve([answer.statusCode, answer.headers['x-slot']])
      })
      asked.once('error', reject)
    })
    asked.write('abc')
    expect(await get(`${front}/`)).toEqual({ status: 200, slot: 'blue' })
    await traffic.route({ blue: 0, green: 100 }, never)
    expect(await traffic.open('blue', never)).toBe(0)
    await application.end('blue')
    asked.end('def')
    expect(await answered).toEqual([200, 'green'])
  }))

test('when the instance that is served dies then the other one answers instead of it as long as it is there', () =>
  withStage(async ({ application, front, traffic }) => {
    await traffic.route({ blue: 0, green: 100 }, never)
    await application.end('green')
    for (let n = 0; n < 20; n += 1) expect(await get(`${front}/`)).toEqual({ status: 200, slot: 'blue' })
    await application.start('green')
    for (let n = 0; n < 20; n += 1) expect(await get(`${front}/`)).toEqual({ status: 200, slot: 'green' })
  }))

test('when a share was being made as everything stopped then the next one makes it whole', () =>
  withStage(async ({ folder, front, traffic }) => {
    await mkdir(join(folder, 'app', '100'), { recursive: true })
    await writeFile(join(folder, 'app', '100', '00'), '')
    await writeFile(join(folder, 'app', 'now.belay-new'), '')
    await traffic.route({ blue: 0, green: 100 }, never)
    for (let n = 0; n < 40; n += 1) expect(await get(`${front}/`)).toEqual({ status: 200, slot: 'green' })
    await traffic.route({ blue: 100, green: 0 }, never)
    expect((await readdir(join(folder, 'app'))).toSorted()).toEqual(['0', '100', 'now'])
  }))

test('when nobody passes to the upstream, or files are cached, then a complaint says so', () =>
  withStage(async ({ complaints, conf, confText }) => {
    await writeFile(conf, confText.replace('http://$app', 'http://127.0.0.1:1'))
    expect((await complaints()).join('\n')).toContain('proxy_pass http://$app;')
    await writeFile(conf, confText.replace(/include [^;]*server\.conf;/, 'set $app x;'))
    expect((await complaints()).join('\n')).toMatch(/include \S+app\.server\.conf;/)
    await writeFile(conf, confText.replace('access_log off;', 'access_log off; open_file_cache max=100;'))
    expect((await complaints()).join('\n')).toContain('open_file_cache')
    await writeFile(conf, confText.replace('access_log off;', 'access_log off; open_file_cache off;'))
    expect(await complaints()).toEqual([])
  }))
