/** Node, npm and Belay inside a device: mounted read-only from the host, so that an image holds none of them. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cached } from './cache.ts'
import { must } from './command.ts'
import { pinnedNode, repository } from './requirements.ts'

/** The one npm that makes the lock files, fills the caches and runs in the devices, whatever npm the host has. */
const npm = {
  version: '11.19.1',
  integrity: 'sha512-ztsxKxt/kkIaAs+2i0GU6I+DRmUdrNasxTZKJe9TCdSjKxlhah/4r/hl5ygMD6XAg1qZ9c2TNomR4qgOydp10g==',
}

export interface Mount {
  readonly from: string
  readonly to: string
  /** False lets the device write to the host's folder. */
  readonly readOnly?: boolean | undefined
}

/** `node` and `npm` on the PATH of every user; `belay` on root's and everybody's, from the checkout at /opt/belay. */
export async function programMounts(): Promise<readonly Mount[]> {
  return [
    { from: pinnedNode(), to: '/usr/local/bin/node' },
    { from: await npmFolder(), to: '/usr/local/lib/node_modules/npm' },
    { from: repository, to: '/opt/belay' },
  ]
}

/** The argument list that runs the pinned npm on the host. */
export async function npmCommand(): Promise<readonly string[]> {
  return [pinnedNode(), join(await npmFolder(), 'bin/npm-cli.js')]
}

async function npmFolder(): Promise<string> {
  const folder = await cached(`npm-${npm.version}`, async (into) => {
    const [packed] = JSON.parse(await must(['npm', 'pack', '--json', `npm@${npm.version}`], { cwd: into })) as Packed[]
    if (packed?.integrity !== npm.integrity) throw new Error(`npm@${npm.version} is not the package we know`)
    await must(['tar', '-C', into, '-xzf', join(into, packed.filename)])
  })
  const inside = join(folder, 'package')
  if (!existsSync(inside)) throw new Error(`${folder} is damaged: delete it`)
  return inside
}

interface Packed {
  readonly filename: string
  readonly integrity: string
}
