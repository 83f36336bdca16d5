import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readVersionText } from '../../core/version/file.ts'
import { jsonAt } from '../../host/ask.ts'
import type { Probe } from '../../ports/probe.ts'
import { type PackageProbeConfig, packageProbeSchema } from './schema.ts'

/** What package managers wrote down: the installation's own package.json, a node module, or a Python distribution. */
export function packageProbe(): Probe<PackageProbeConfig> {
  return {
    kind: 'package',
    config: packageProbeSchema,
    describe: (config) => `the package ${config.package}`,
    live: false,
    async read(config, { dir }) {
      if (config.package === 'package.json') return npmVersion(join(dir, 'package.json'))
      return (
        (await npmVersion(join(dir, 'node_modules', config.package, 'package.json'))) ??
        pythonVersion(dir, config.package)
      )
    },
  }
}

async function npmVersion(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(() => null)
  const version = text === null ? null : jsonAt(text, '/version')
  return typeof version === 'string' ? readVersionText(version) : null
}

/** PEP 503: names are the same when they only differ in case and in runs of `-`, `_` and `.`. */
function normal(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-')
}

/** `METADATA` of the installed distribution, in a virtual environment or beside the program. */
async function pythonVersion(dir: string, name: string): Promise<string | null> {
  const places = ['.venv/lib/*/site-packages', 'venv/lib/*/site-packages', '.'].map(
    (place) => `${place}/*.dist-info/METADATA`,
  )
  for await (const path of glob(places, { cwd: dir })) {
    const text = await readFile(join(dir, path), 'utf8').catch(() => '')
    const header = (key: string) => new RegExp(`^${key}: *(.+)$`, 'm').exec(text)?.[1]?.trim()
    if (normal(header('Name') ?? '') === normal(name)) return readVersionText(header('Version') ?? '')
  }
  return null
}
