import { once } from 'node:events'
import { lstat, mkdtemp, rm, symlink } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { sharesFor } from '../../core/traffic/slots.ts'
import { caddyTraffic } from './index.ts'
import { caddySchema } from './schema.ts'

const kind = caddyTraffic()
const never = new AbortController().signal
const toGreen = sharesFor('green', 100)
const service = { component: 'crm', spec: { type: 'none' }, cwd: '/', user: null }
const slots = { blue: { host: '127.0.0.1', port: 8001 }, green: { host: '127.0.0.1', port: 8002 } }
const proxy = (port: number) => [{ handler: 'reverse_proxy', upstreams: [{ dial: `127.0.0.1:${port}` }] }]

/** Answers as Caddy does where it is asked about itself; `body` for its config. */
async function open(said: { readonly status?: number; readonly body?: string } = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'belay-caddy-unit-'))
  const file = join(dir, 'crm')
  const match = [{ file: { root: dirname(file), try_files: ['crm'] } }]
  const good = JSON.stringify({ routes: [{ match, handle: proxy(8002) }, { handle: proxy(8001) }] })
  const server = createServer(({ url }, answer) => {
    answer.writeHead(said.status ?? 200).end(url === '/config/' ? (said.body ?? good) : '[]')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    await rm(dir, { recursive: true })
  })
  const admin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const ref = { component: 'crm', spec: { type: 'caddy' }, slots, services: { blue: service, green: service } }
  const config = (of: string) =>
    caddySchema.parse({ type: 'caddy', admin, file: of, slots: { blue: 8001, green: 8002 } })
  return {
    file,
    traffic: kind.open(config(file), ref),
    complaints: async (of = file) => kind.complaints?.(config(of), ref, never),
  }
}

test.each([
  ['refuses', { status: 403 }, 'E_PERMISSION'],
  ['is something else', { body: '<html>' }, 'E_TRAFFIC_CONFIG'],
  ['has no such page', { status: 404 }, 'E_TRAFFIC_CONFIG'],
  ['has no config', { body: 'null' }, 'E_TRAFFIC_CONFIG'],
] as const)('when what is asked %s then it is told, and nothing is switched', async (_, said, code) => {
  const { traffic, file } = await open(said)
  await expect(traffic.route(toGreen, never)).rejects.toMatchObject({ problem: { code, hint: expect.any(String) } })
  await expect(lstat(file)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('when its answer never ends then it is not read for ever', async () => {
  const { traffic } = await open({ body: ' '.repeat(17 * 1024 * 1024) })
  await expect(traffic.served(never)).rejects.toMatchObject({ problem: { code: 'E_TRAFFIC_UNREACHABLE' } })
})

test('when a part of the people shall go there then it is refused', async () => {
  const { traffic, file } = await open()
  await expect(traffic.route(sharesFor('green', 25), never)).rejects.toMatchObject({
    problem: { code: 'E_TRAFFIC_REFUSED' },
  })
  await expect(lstat(file)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('when somebody planted a link where the file belongs then nothing is made through it', async () => {
  const { traffic, file } = await open()
  await symlink(`${file}-elsewhere`, file)
  await expect(traffic.route(toGreen, never)).rejects.toThrow()
  await expect(lstat(`${file}-elsewhere`)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('when a complaint is made then the lines for the Caddyfile are in it, and a folder that is missing', async () => {
  const { complaints, file } = await open({ body: '{}' })
  expect(await complaints()).toEqual([
    `The config that runs in Caddy never asks whether ${file} is there.`,
    expect.stringContaining(
      `\n@green file {\n  root ${dirname(file)}\n  try_files crm\n}\nreverse_proxy @green 127.0.0.1:8002\nreverse_proxy 127.0.0.1:8001`,
    ),
  ])
  const good = await open()
  expect(await good.complaints()).toEqual([])
  const said = await good.complaints('/no/such/folder/crm')
  expect(said).toContainEqual(expect.stringContaining('The folder /no/such/folder is not there'))
})
