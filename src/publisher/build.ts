import { stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { fail } from '../core/model/problem.ts'
import { otherBytes } from '../core/publish/release.ts'
import { fileNameText, tagText } from '../core/release/spec.ts'
import { dirBytes } from '../host/tree/hash.ts'
import { atomicWrite } from '../host/tree/durable.ts'
import type { BuildOptions, BuildReport } from '../ports/publisher.ts'
import { packTree } from './archive/pack.ts'
import { type Build, buildFolder, readBuild } from './builds.ts'
import { readReleaseConfig } from './config.ts'
import { otherOfName } from './place.ts'
import type { Desk } from './state.ts'
import { withTurn } from './turn.ts'

/** One archive of a version, and the checksums of all that were built of it. */
export function build(desk: Desk, options: BuildOptions, signal: AbortSignal): Promise<BuildReport> {
  return withTurn(desk, async () => {
    const { places } = desk
    const { product, channels } = await readReleaseConfig(places.dir)
    const { version, channel, platform } = options
    requireKnown(channels, channel)
    requireWords(version, platform)
    const tree = await treeAt(options.tree, places.dir)
    const stem = `${product}-${version}`
    const name = `${stem}${platform === null ? '' : `-${platform}`}.tar.zst`
    if (!fileNameText.safeParse(name).success) throw badVersion(version)
    const folder = buildFolder(places, channel, version)
    const file = join(folder, name)
    const ofBytes = await dirBytes(tree)
    const progress = (packed: number) => options.progress(Math.min(packed, ofBytes), ofBytes)
    const job = { dir: tree, top: stem, to: file, epochSeconds: options.epochSeconds, signal, progress }
    const { sha256, bytes, manifest, packed, files } = await packTree(job)
    if (await otherOfName(places.repo, `${product}/${channel}/${name}`, sha256)) throw otherBytes(version, name)
    const before = (await readBuild(places, channel, version))?.files.filter((one) => one.name !== name) ?? []
    const all: Build['files'] = [...before, { name, bytes, sha256, platform, manifest, packed: [...packed] }]
    const sums = join(folder, 'SHA256SUMS')
    await atomicWrite(sums, sumsOf(all), { mode: 0o644 })
    const record: Build = { v: 1, version, files: all }
    await atomicWrite(join(folder, 'build.json'), `${JSON.stringify(record, null, 2)}\n`, { mode: 0o644 })
    return { file, sums, bytes, sha256, files, packed }
  })
}

/** As `sha256sum` writes and checks it. */
const sumsOf = (files: Build['files']): string =>
  files
    .map(({ name, sha256 }) => `${sha256}  ${name}\n`)
    .toSorted()
    .join('')

export function requireKnown(channels: readonly string[], channel: string): void {
  if (channels.includes(channel)) return
  throw fail('E_USAGE', `there is no channel ${channel}`, {
    hint: `The channels are ${channels.join(', ')}. Another one is added under channels: in belay-release.yaml.`,
    facts: { channel },
  })
}

function requireWords(version: string, platform: string | null): void {
  if (!tagText.safeParse(version).success || /[/\\]/.test(version)) throw badVersion(version)
  if (platform !== null && !/^[a-z0-9]+-[a-z0-9]+$/.test(platform)) {
    throw fail('E_USAGE', `${platform} is no platform`, { hint: 'Write it as linux-x64, linux-arm64, win32-x64.' })
  }
}

function badVersion(version: string) {
  return fail('E_USAGE', `${version.slice(0, 64)} cannot be a version`, {
    hint: 'A version is visible characters without spaces and slashes, such as 1.2.0.',
  })
}

/** The tree may not hold this folder: a release with the keys in it must not be made by accident. */
async function treeAt(tree: string, dir: string): Promise<string> {
  const found = await stat(tree).catch(() => null)
  if (found?.isDirectory() !== true) {
    throw fail('E_NOT_FOUND', `${tree} is no folder`, { hint: 'Name the folder that holds what is to be released.' })
  }
  const inside = `${resolve(dir)}${sep}`.startsWith(`${resolve(tree)}${sep}`)
  if (!inside) return tree
  throw fail('E_USAGE', `${tree} holds the publisher's own folder, with its keys`, {
    hint: 'Put what is to be released into a folder of its own, then name that one.',
  })
}
