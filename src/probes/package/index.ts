import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readVersionText } from '../../core/version/file.ts'
import { readInside } from '../../host/read-inside.ts'
import type { Probe } from '../../ports/probe.ts'
import { type Metadata, readMetadata, sameName } from './metadata.ts'
import { type PackageProbeConfig, packageProbeSchema } from './schema.ts'

const fileBytesMax = 1024 * 1024
const foldersMax = 10_000

async function metadataOf(dir: string, file: string): Promise<Metadata | null> {
  const text = await readInside(dir, file, fileBytesMax)
  return text === null ? null : readMetadata(file, text)
}

async function names(dir: string, folder: string): Promise<readonly string[]> {
  const found = await readdir(join(dir, folder)).catch(() => [])
  return found.slice(0, foldersMax).toSorted()
}

/** `.venv/lib/python3.11/site-packages` and its like. */
async function sitePackages(dir: string): Promise<readonly string[]> {
  const folders: string[] = []
  for (const lib of ['.venv/lib', 'venv/lib', 'lib']) {
    for (const python of await names(dir, lib)) folders.push(`${lib}/${python}/site-packages`)
  }
  return [...folders, '.venv/Lib/site-packages', 'venv/Lib/site-packages', '.']
}

/** Where the package may tell its version, the likeliest first. */
async function* candidates(dir: string, name: string): AsyncGenerator<string> {
  yield 'package.json'
  yield `node_modules/${name}/package.json`
  for (const folder of await sitePackages(dir)) {
    for (const entry of await names(dir, folder)) {
      const stem = /^(.+?)-[^-]+\.dist-info$/.exec(entry)?.[1]
      if (stem !== undefined && sameName(stem, name)) yield `${folder}/${entry}/METADATA`
    }
  }
  yield 'PKG-INFO'
  yield 'pyproject.toml'
}

async function read(name: string, dir: string): Promise<string | null> {
  if (/(^|\/)(METADATA|PKG-INFO|[^/]+\.(json|toml))$/.test(name)) {
    return readVersionText((await metadataOf(dir, name))?.version ?? '')
  }
  for await (const file of candidates(dir, name)) {
    const metadata = await metadataOf(dir, file)
    if (metadata === null || metadata.name === null || !sameName(metadata.name, name)) continue
    const version = await readVersionText(metadata.version ?? '')
    if (version !== null) return version
  }
  return null
}

/** The version that package managers wrote down: of the tree itself, or of a package installed in it. */
export function packageProbe(): Probe<PackageProbeConfig> {
  return {
    kind: 'package',
    config: packageProbeSchema,
    describe: (config) => `package ${config.package}`,
    live: false,
    read: (config, { dir }) => read(config.package, dir),
  }
}
