import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openBelay } from '../../../src/main/open.ts'

test('when one component cannot be looked at, then it is told with its reason, and the others as they are', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'belay-unreachable-'))
  const file = join(dir, 'docker-compose.yml')
  await writeFile(file, 'services:\n  web:\n    image: ghcr.io/o/app:1.0.0\n')
  const engine = process.env['DOCKER_HOST']
  process.env['DOCKER_HOST'] = `unix://${dir}/nobody.sock`
  try {
    const config = {
      version: 1,
      components: {
        web: {
          source: { type: 'oci', image: 'ghcr.io/o/app' },
          strategy: { type: 'compose', file, service: 'web' },
        },
        core: {
          source: { type: 'http', url: 'https://127.0.0.1:9/feed.json', asset: 'core.tar.gz' },
          strategy: { type: 'directory', path: join(dir, 'core') },
        },
      },
    }
    const belay = await openBelay({ config, state: join(dir, 'state') })
    expect(await belay.status()).toMatchObject([
      { component: 'web', installed: null, state: 'unknown', problem: { code: 'E_ENGINE_UNREACHABLE' } },
      { component: 'core', installed: null, state: 'absent', problem: null },
    ])
    const checked = await belay.check({ force: true })
    expect(checked).toMatchObject({
      web: { current: null, relation: 'unknown', error: { code: 'E_ENGINE_UNREACHABLE' } },
      core: { error: { code: 'E_NETWORK' } },
    })
    expect(await belay.status()).toMatchObject([{}, { component: 'core', problem: { code: 'E_NETWORK' } }])
    await belay.close()
  } finally {
    if (engine === undefined) delete process.env['DOCKER_HOST']
    else process.env['DOCKER_HOST'] = engine
    await rm(dir, { recursive: true, force: true })
  }
})
