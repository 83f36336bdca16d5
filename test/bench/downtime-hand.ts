import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startProxy } from '../fakes/traffic/proxies.ts'
import { type Sample, startSample } from '../fakes/traffic/sample.ts'
import { thisHost, underLoad } from './downtime-load.ts'
import { type Place, startupMs } from './downtime-place.ts'
import { run } from './lab.ts'

/** What scripts do with nginx: the new one up, the config written, a reload, and the old one ended as soon as that returned. */
export async function reloadByHand(dir: string): Promise<Place> {
  const proxy = await startProxy('nginx by hand', dir)
  const { blue, green } = proxy.places
  let patch = 0
  const start = (port: number) =>
    startSample({ port, version: `1.0.${patch++}`, env: { STARTUP_MS: String(startupMs) } })
  let old: Sample = await start(blue)
  const change = async () => {
    const fresh = await start(old.port === blue ? green : blue)
    await writeFile(join(dir, 'upstream.conf'), `upstream app {\n  server 127.0.0.1:${fresh.port};\n}\n`)
    await run('nginx', ['-c', join(dir, 'nginx.conf'), '-s', 'reload'])
    old.child.kill('SIGKILL')
    old = fresh
  }
  return {
    name: 'nginx -s reload, the old one ended at once',
    allowed: null,
    change: () => underLoad(thisHost, proxy.url, change),
    beside: null,
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]()
      await old[Symbol.asyncDispose]()
    },
  }
}
