// needs: bed, containers
import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type ContainerBed, startContainers } from '../bed/containers.ts'
import { composeFile } from './support/files.ts'
import { Site } from './support/site.ts'

/** What runs, what is written, and what is told: REGRESSIONS' D5, D10, D13 and D21. */
let bed: ContainerBed
beforeAll(async () => {
  bed = await startContainers()
})
afterAll(() => bed?.close())

describe.concurrent('D5: the compose file', () => {
  test('D5: when the image is pinned by digest at a host with a port, then exactly that reference is changed', async ({
    expect,
  }) => {
    let pinned = ''
    await using site = await Site.create(bed, {
      spelling: 'docker-compose',
      up: false,
      images: [{ version: '1.1.0', index: true }],
      files: (at) => ({ 'docker-compose.yml': composeFile(at) }),
    })
    const [first, second] = site.pushed
    pinned = composeFile(site.at).replace(`"${site.at.image}:1.0.0"`, `'${site.at.image}:1.0.0@${first?.digest}'`)
    // Line ends of another world, and none at the end.
    const text = pinned.replaceAll('\n', '\r\n').trimEnd()
    await site.project.write('docker-compose.yml', text)
    await site.project.compose(['up', '-d'])
    await site.update('1.1.0', 0)
    expect(await site.project.serves()).toBe('1.1.0')
    expect(await site.project.read()).toBe(text.replace(`:1.0.0@${first?.digest}`, `:1.1.0@${second?.digest}`))
    await site.rollback()
    expect(await site.project.read()).toBe(text)
    expect(await site.project.serves()).toBe('1.0.0')
  })
})

describe.concurrent('D10: the installed version', () => {
  test('D10: when the file names another tag than what runs, then what runs is told', async ({ expect }) => {
    await using site = await Site.create(bed, { images: [{ version: '1.1.0' }, { version: '1.2.0' }] })
    await site.update('1.1.0', 0)
    await site.project.write('docker-compose.yml', composeFile(site.at, '1.2.0'))
    expect(await site.check()).toMatchObject({
      current: '1.1.0',
      latest: '1.2.0',
      update_available: true,
      relation: 'older',
    })
    // Put in place by hand, past belay: told without having been told.
    await site.project.compose(['up', '-d'])
    expect(await site.check()).toMatchObject({ current: '1.2.0', update_available: false, relation: 'current' })
  })
})

describe.concurrent('D13: a new image that cannot start', () => {
  test('D13: when it ends at its start, then the old one serves, with nothing of the new one in its place', async ({
    expect,
  }) => {
    await using site = await Site.create(bed, { images: [{ version: '1.1.0', fault: 'crashes' }] })
    const before = { ...(await site.standing()), files: await readdir(site.at.folder) }
    expect(await site.update('1.1.0', 3)).toMatchObject({ outcome: 'rolled-back' })
    expect({ ...(await site.standing()), files: await readdir(site.at.folder) }).toEqual(before)
    const containers = await site.project.containers('app')
    expect(containers.map(({ Config, State }) => [Config.Image, State.Status])).toEqual([
      [`${site.at.image}:1.0.0`, 'running'],
    ])
  })
})

describe.concurrent('D21: a file that is mounted by itself', () => {
  test('D21: when the compose file is a bind mount of one file, then it is changed in place, and who reads it sees that', async ({
    expect,
  }) => {
    await using site = await Site.create(bed, { images: [{ version: '1.1.0' }] })
    const before = await site.project.read()
    const reader = site.project.path('as-mounted.yml')
    await site.project.write('as-mounted.yml', '')
    const within = async (...argv: readonly string[]): Promise<string> => {
      const result = await site.project.run(argv)
      expect(result.code, result.stderr).toBe(0)
      return result.stdout
    }
    await within('mount', '--bind', site.project.path(), site.project.path())
    await within('mount', '--bind', site.project.path(), reader)
    await site.update('1.1.0', 0)
    expect(await site.project.serves()).toBe('1.1.0')
    expect(await within('cat', reader)).toBe(before.replace(`"${site.at.image}:1.0.0"`, `"${site.at.image}:1.1.0"`))
    await site.rollback()
    expect(await within('cat', reader)).toBe(before)
  })
})
