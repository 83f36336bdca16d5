/** The image of a device: minimal Debian with systemd as PID 1, and the places where Node, npm and Belay are mounted. */
import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { cached, recipeHash } from './cache.ts'
import { must } from './command.ts'
import type { Engine } from './engine.ts'

const suite = 'bookworm'
const packages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'dbus-user-session',
  'libpam-systemd',
  'ca-certificates',
  'cron',
  'curl',
  'iproute2',
  'libatomic1',
  'libstdc++6',
  'procps',
  'xz-utils',
]
const overlay = join(import.meta.dirname, 'image')
const repositoryName = 'belay-bed'

/** Gives the engine the image when it has none yet; resolves with its name. Seconds from the cache, about 20 s without. */
export async function ensureImage(engine: Engine): Promise<string> {
  const files = await overlayTar()
  const hash = recipeHash([suite, ...packages, files])
  const image = `${repositoryName}:${hash}`
  if ((await engine.docker(['image', 'inspect', image])).code === 0) return image
  await dropOtherImages(engine)
  const folder = await cached(`rootfs-${hash}`, (into) => buildRootfs(into, files))
  const imported = await engine.docker(['import', join(folder, 'rootfs.tar'), image])
  if (imported.code !== 0) throw new Error(`docker import: ${imported.stderr}`)
  return image
}

/** Our own files of the image, packed the same whoever owns the checkout. */
async function overlayTar(): Promise<Uint8Array> {
  const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX']
  const packed = await must(['sh', '-c', 'tar "$@" | base64 -w0', 'sh', ...same, '-C', overlay, '-c', '.'])
  return Buffer.from(packed, 'base64')
}

async function buildRootfs(folder: string, files: Uint8Array): Promise<void> {
  const overlayPath = join(folder, 'overlay.tar')
  await writeFile(overlayPath, files)
  const slim = ['doc', 'man', 'locale'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`)
  await must([
    'mmdebstrap',
    '--quiet',
    '--mode=root',
    '--variant=minbase',
    `--include=${packages.join(',')}`,
    '--aptopt=Acquire::Languages "none"',
    '--dpkgopt=force-unsafe-io',
    ...slim,
    '--customize-hook=: >"$1/etc/machine-id"',
    `--customize-hook=tar-in ${overlayPath} /`,
    suite,
    join(folder, 'rootfs.tar'),
  ])
}

async function dropOtherImages(engine: Engine): Promise<void> {
  const { stdout } = await engine.docker(['image', 'ls', '-q', repositoryName])
  const ids = stdout.split('\n').filter((id) => id !== '')
  if (ids.length > 0) await engine.docker(['image', 'rm', '-f', ...new Set(ids)])
}
