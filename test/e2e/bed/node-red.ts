/**
 * Node-RED, a real application, as a publisher would release it: `node-red-VERSION.tar.gz` with one top folder that
 * holds package.json, its lock file, settings.js and VERSION, and `prepare: npm ci --omit=dev` at installation. Built
 * once from the package registry, then kept in the cache, together with an npm cache that serves `npm ci` offline.
 *
 *     const nodeRed = await nodeRedReleases()
 *     const device = await bed.device({ mounts: nodeRed.mounts })
 *     await prepareNodeRedHost(device, { root: '/opt/node-red/current' })
 *     // unpack a release at root (the archives are in /srv/node-red), run `npm ci --omit=dev` in it as user node-red,
 *     // `systemctl start node-red`; it serves on port 1880, and GET /settings tells the version that runs
 */
import { readFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { packRelease, type ReleaseArchive, writeTree } from './archive.ts'
import { cached, recipeHash } from './cache.ts'
import { must } from './command.ts'
import type { Device } from './device.ts'
import { type Mount, npmCommand } from './node.ts'

/** Versions of the release → of the package `node-red` in it. */
const versions = { old: '4.0.9', next: '4.1.15', broken: '4.2.0' } as const
const packageVersions = { old: '4.0.9', next: '4.1.15', broken: '4.1.15' } as const
type Which = keyof typeof versions

/** Dependencies resolve as they did on this day, so that the archives stay the same. */
const resolvedBefore = '2026-11-01'

const settings = `module.exports = {
  uiPort: 1880,
  flowFile: 'flows.json',
  credentialSecret: false,
  telemetry: { enabled: false, updateNotification: false },
  editorTheme: { tours: false },
  logging: { console: { level: 'info', metrics: false, audit: false } },
}
`
/** The third release was packed without a file that its settings need: Node-RED ends at once. */
const brokenSettings = `require('./lib/left-out-of-the-archive')\n${settings}`

/** A flow that answers GET /hello with `flows intact`. */
export const helloFlows = `${JSON.stringify(
  [
    { id: 'tab1', type: 'tab', label: 'Hello', disabled: false, info: '' },
    {
      id: 'in1',
      type: 'http in',
      z: 'tab1',
      url: '/hello',
      method: 'get',
      upload: false,
      x: 100,
      y: 80,
      wires: [['t1']],
    },
    {
      id: 't1',
      type: 'template',
      z: 'tab1',
      field: 'payload',
      template: 'flows intact',
      x: 300,
      y: 80,
      wires: [['out1']],
    },
    { id: 'out1', type: 'http response', z: 'tab1', statusCode: '200', headers: {}, x: 500, y: 80, wires: [] },
  ],
  null,
  4,
)}\n`

interface NodeRedReleases {
  /** Two adjacent minor versions, and a third that does not start. */
  readonly releases: Readonly<Record<Which, ReleaseArchive>>
  /** The archives at /srv/node-red, the filled npm cache at /srv/npm-cache. */
  readonly mounts: readonly Mount[]
}

export async function nodeRedReleases(): Promise<NodeRedReleases> {
  const recipe = JSON.stringify([versions, packageVersions, resolvedBefore, settings, brokenSettings, process.arch])
  const folder = await cached(`node-red-${recipeHash([recipe])}`, build)
  const archives = join(folder, 'archives')
  const found = (which: Which): ReleaseArchive => {
    const archive = join(archives, `node-red-${versions[which]}.tar.gz`)
    const sha256 = readFileSync(`${archive}.sha256`, 'utf8').slice(0, 64)
    return { version: versions[which], archive, sha256 }
  }
  return {
    releases: { old: found('old'), next: found('next'), broken: found('broken') },
    mounts: [
      { from: archives, to: '/srv/node-red' },
      { from: join(folder, 'npm-cache'), to: '/srv/npm-cache' },
    ],
  }
}

async function build(folder: string): Promise<void> {
  const [work, archives, cache] = [join(folder, 'work'), join(folder, 'archives'), join(folder, 'npm-cache')]
  await mkdir(archives)
  for (const which of ['old', 'next', 'broken'] as const) {
    const tree = join(work, `node-red-${versions[which]}`)
    await writeTree(tree, releaseFiles(which))
    const npm = [...(await npmCommand()), '--cache', cache, '--prefix', tree]
    await must([...npm, 'install', '--package-lock-only', '--before', resolvedBefore, ...reproducible])
    await packRelease(tree, 'top-folder', versions[which], join(archives, `node-red-${versions[which]}.tar.gz`))
    await must([...npm, 'ci', '--omit=dev'])
  }
  await rm(work, { recursive: true })
  await rm(join(cache, '_logs'), { recursive: true, force: true })
}

/** The lock file must name the address of each package, or an offline npm asks for metadata that is not in its cache. */
const reproducible = ['--omit-lockfile-registry-resolved=false', '--no-audit', '--no-fund']

function releaseFiles(which: Which): Readonly<Record<string, string>> {
  const manifest = {
    name: 'node-red-release',
    version: versions[which],
    private: true,
    scripts: { start: 'node node_modules/node-red/red.js --settings settings.js' },
    dependencies: { 'node-red': packageVersions[which] },
  }
  return {
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    VERSION: `${versions[which]}\n`,
    'settings.js': which === 'broken' ? brokenSettings : settings,
  }
}

/**
 * What a host has before its first installation: user `node-red`, data folder /var/lib/node-red with a flows file,
 * npm's cache filled for `npm ci`, and the unit `node-red.service`, enabled and not started. `root` is the folder that
 * the unit runs, such as /opt/node-red/current; its parent is made, and belongs to the user.
 */
export async function prepareNodeRedHost(device: Device, { root }: { readonly root: string }): Promise<void> {
  await device.must(['useradd', '--system', '--create-home', '--home-dir', dataFolder, 'node-red'])
  await device.must(['install', '-d', '-o', 'node-red', '-g', 'node-red', dirname(root)])
  await device.writeFile(flowsFile, helloFlows, { owner: 'node-red:node-red' })
  // npm writes to its cache, whoever runs it: a copy for this device alone.
  await device.must(['cp', '-r', '/srv/npm-cache', '/var/cache/npm'])
  await device.must(['chmod', '-R', 'a+rwX', '/var/cache/npm'])
  await device.writeFile('/etc/systemd/system/node-red.service', nodeRedUnit(root))
  await device.must(['systemctl', 'enable', 'node-red'])
}

const dataFolder = '/var/lib/node-red'
export const flowsFile = `${dataFolder}/flows.json`

/** The text of `node-red.service`. */
export function nodeRedUnit(root: string): string {
  return `[Unit]
Description=Node-RED
[Service]
User=node-red
WorkingDirectory=${root}
ExecStart=/usr/local/bin/node node_modules/node-red/red.js --settings settings.js --userDir ${dataFolder}
Restart=on-failure
RestartSec=1
[Install]
WantedBy=multi-user.target
`
}
