// needs: bed, containers
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { openBundle } from '../../../src/host/bundle/read.ts'
import { blockBytes, tarHeader } from '../../../src/host/bundle/tar-header.ts'
import { type ContainerBed, startContainers } from '../bed/containers.ts'
import { Site } from './support/site.ts'

/** Images that come in a file, on a host that no registry answers. */
let bed: ContainerBed
beforeAll(async () => {
  bed = await startContainers()
})
afterAll(() => bed?.close())

describe.concurrent('when an image is carried in a bundle', () => {
  test('then it runs without a registry, and the one before it comes back', async ({ expect }) => {
    const registry = await bed.anotherRegistry()
    await using site = await Site.create(bed, { registry, images: [{ version: '1.1.0', index: true }] })
    const before = await site.standing()
    const file = join(site.at.folder, '..', 'app.bundle')
    const made = await site.belay('release', 'bundle', site.name, '--version', '1.1.0', '-o', file)
    expect(made.code, `${made.stdout}\n${made.stderr}`).toBe(0)
    await registry.stop()

    const shown = await site.belay('update', site.name, '--from', file, '--dry-run')
    expect(shown.json.plan?.about.source).toContain(file)
    const said = await site.belay('update', site.name, '--from', file, '--yes')
    expect(said.code, `${said.stdout}\n${said.stderr}`).toBe(0)
    expect(said.json).toMatchObject({ outcome: 'committed', from: '1.0.0', to: '1.1.0', bytes_downloaded: 0 })
    expect(await site.project.serves()).toBe('1.1.0')

    expect(await site.rollback()).toMatchObject({ outcome: 'committed', to: '1.0.0' })
    expect(await site.standing()).toEqual(before)
    // Nobody needs Belay to get the image out.
    expect(await bed.engine.docker(['load', '--input', file])).toMatchObject({ code: 0 })
  })

  test('then one whose layer was changed on the way is refused, and the old one runs', async ({ expect }) => {
    await using site = await Site.create(bed, { images: [{ version: '1.1.0' }] })
    const before = await site.standing()
    const file = join(site.at.folder, '..', 'app.bundle')
    await site.belay('release', 'bundle', site.name, '-o', file)
    const bytes = await readFile(file)
    const at = await middleOfLayer(file)
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
    await writeFile(file, bytes)
    const said = await site.belay('update', site.name, '--from', file, '--yes')
    expect(said.code).toBe(1)
    expect(said.json).toMatchObject({ outcome: 'failed', problem: { code: 'E_BUNDLE_INVALID' } })
    expect(said.json.steps?.find(({ kind }) => kind === 'pull')).toMatchObject({ state: 'undone' })
    expect(await site.standing()).toEqual(before)
  })
})

/** Where the largest file of a bundle has its middle. */
async function middleOfLayer(file: string): Promise<number> {
  const bytes = await readFile(file)
  const { files } = (await openBundle(file)).list
  const largest = files.toSorted((a, b) => b.bytes - a.bytes)[0]
  const header = largest === undefined ? null : tarHeader(largest.path, largest.bytes)
  if (largest === undefined || header === null) throw new Error('no layer')
  return bytes.indexOf(header) + blockBytes + Math.floor(largest.bytes / 2)
}
