import { chmod, mkdir, readdir, readlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { problemOf } from '../../core/model/problem.ts'
import { type Shares, sharesFor } from '../../core/traffic/slots.ts'
import { fsyncDir, replaceLink } from '../../host/tree/durable.ts'
import { type NginxConfig, placesOf } from './schema.ts'
import { buckets } from './text.ts'

/** What the workers of nginx, which are another user, need to find the files. */
const folderMode = 0o755

/**
 * A folder for each share, with a file for each bucket of requests that goes to green, and one link that names the folder of now.
 * The link is all that a switch changes.
 */
export async function readShares(config: NginxConfig): Promise<Shares> {
  const target = await readlink(placesOf(config).now).catch((error: unknown) => {
    if (problemOf(error).facts['errno'] === 'ENOENT') return '0'
    throw error
  })
  const percent = Number(target)
  return sharesFor('green', Number.isInteger(percent) && percent >= 0 && percent <= 100 ? percent : 0)
}

export async function writeShares(config: NginxConfig, { green }: Shares): Promise<void> {
  const { shares, now } = placesOf(config)
  const folder = join(shares, String(green))
  await mkdir(folder, { recursive: true })
  // Whatever Belay's own umask is.
  for (const path of [shares, folder]) await chmod(path, folderMode)
  await fill(folder, buckets.slice(0, Math.ceil((green / 100) * buckets.length)))
  await fsyncDir(shares)
  replaceLink(now, String(green), `${now}.belay-new`)
}

/** What a crash left unfinished is made whole: nothing names that folder yet. */
async function fill(folder: string, wanted: readonly string[]): Promise<void> {
  const there = new Set(await readdir(folder))
  for (const bucket of wanted) {
    if (!there.has(bucket)) await writeFile(join(folder, bucket), '')
  }
  await fsyncDir(folder)
}
