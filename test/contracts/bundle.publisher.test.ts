import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeBundle } from '../../src/main/release-bundle.ts'
import { host } from './bundle.scene.ts'
import { workshop } from './publish.world.ts'

/** From the publisher's folder to a host that has never seen the repository, with no server anywhere. */

const settings = () => Promise.reject(new Error('a publisher needs no config'))

test('when a publisher bundles a release, then a host that has its root alone installs it, and the next one', async () => {
  const place = await workshop()
  const { dir, publisher } = place
  const carry = async (version: string, from = dir) => {
    await place.release(version)
    await publisher.publish(null)
    const out = join(dir, `${version}.bundle`)
    const of = { repo: from, product: null, channel: 'stable' }
    const signal = new AbortController().signal
    expect(
      await makeBundle({ of, version: null, platforms: [], out, told: () => {}, signal }, { settings, env: {} }),
    ).toMatchObject({
      version,
    })
    return out
  }
  const source = { type: 'belay', url: 'https://releases.invalid', root: join(dir, 'root.json'), product: 'app' }
  const { belay, running } = await host(dir, source, { require: 'tuf' })
  const first = await carry('1.0.0')
  expect(await belay.update('app', { from: first })).toMatchObject({ outcome: 'committed', from: null, to: '1.0.0' })
  await publisher.rotate({ role: 'root', replace: [] })
  await publisher.publish(null)
  const second = await carry('1.1.0', join(dir, 'repo'))
  expect(await belay.update('app', { from: second })).toMatchObject({ outcome: 'committed', to: '1.1.0' })
  expect(await running()).toBe('1.1.0')
  // Also with what it has learnt since, the older one is no longer the newest.
  await expect(belay.update('app', { from: first })).rejects.toMatchObject({ problem: { code: 'E_METADATA_ROLLBACK' } })
  expect(await readFile(second, 'latin1')).toContain('metadata/2.root.json')
})
