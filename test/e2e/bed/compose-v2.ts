/**
 * `docker compose`, the plugin. Debian 12 has only `docker-compose`, written in Python; the next Debian's package of the
 * plugin runs here as it is, unpacked into the cache. Signatures are apt's matter, as for any other package.
 */
import { copyFile, chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached } from './cache.ts'
import { must } from './command.ts'

const suite = 'trixie'
const minutesMs = 120_000

/** `plugins`: a folder with `docker-compose` in it, as docker clients look for it; or why it cannot be had. */
export type ComposePlugin = { readonly plugins: string } | { readonly missing: string }

export async function composePlugin(): Promise<ComposePlugin> {
  try {
    return { plugins: join(await cached(`compose-plugin-${suite}-${process.arch}`, fetchPlugin), 'cli-plugins') }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    return { missing: `the package docker-compose of Debian ${suite} cannot be had: ${said.slice(0, 400)}` }
  }
}

async function fetchPlugin(folder: string): Promise<void> {
  const work = join(folder, 'apt')
  for (const name of ['lists/partial', 'cache/archives/partial', 'debs'])
    await mkdir(join(work, name), { recursive: true })
  await writeFile(join(work, 'sources.sources'), await sources())
  const options = {
    'Dir::Etc::sourcelist': join(work, 'sources.sources'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': join(work, 'lists'),
    'Dir::Cache': join(work, 'cache'),
    'Dir::State::status': '/dev/null',
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
  }
  const apt = ['apt-get', '-qq', ...Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`])]
  await must([...apt, 'update'], { timeoutMs: minutesMs })
  await must([...apt, 'download', 'docker-compose'], { timeoutMs: minutesMs, cwd: join(work, 'debs') })
  const [deb = ''] = await readdir(join(work, 'debs'))
  await must(['dpkg-deb', '-x', join(work, 'debs', deb), join(work, 'x')])
  const plugin = join(folder, 'cli-plugins/docker-compose')
  await mkdir(join(folder, 'cli-plugins'))
  await copyFile(join(work, 'x/usr/libexec/docker/cli-plugins/docker-compose'), plugin)
  await chmod(plugin, 0o755)
  await rm(work, { recursive: true })
}

/** The machine's own mirror of Debian, for the other suite; Debian's own address where that cannot be read. */
async function sources(): Promise<string> {
  const text = await readFile('/etc/apt/sources.list.d/debian.sources', 'utf8').catch(() => '')
  const mirror = /^URIs: *(\S+\/debian\/?)$/m.exec(text)?.[1] ?? 'http://deb.debian.org/debian'
  const keys = /^Signed-By: *(\S+)$/m.exec(text)?.[1] ?? '/usr/share/keyrings/debian-archive-keyring.gpg'
  return `Types: deb\nURIs: ${mirror}\nSuites: ${suite}\nComponents: main\nSigned-By: ${keys}\n`
}
