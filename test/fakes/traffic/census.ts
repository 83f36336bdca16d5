import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'

/** What runs and lies there, as numbers: twice the same is what a leak is not. */
export interface Census {
  /** Processes by what they are called, that work in the folder or name it among their words. */
  readonly processes: Readonly<Record<string, number>>
  /** Ports that those listen on, and everything that they have open. */
  readonly ports: number
  readonly descriptors: number
  /** Of this process. */
  readonly own: number
  /** Files of the state, by their folder. */
  readonly state: Readonly<Record<string, number>>
}

export async function census(dir: string, stateDir: string): Promise<Census> {
  const found = await processesIn(dir)
  const links = (await Promise.all(found.map(({ pid }) => linksOf(pid)))).flat()
  const listening = await listeningSockets()
  return {
    processes: counts(found.map(({ name }) => name)),
    ports: new Set(links.filter((link) => listening.has(link))).size,
    descriptors: links.length,
    own: (await linksOf(process.pid)).length,
    state: await filesIn(stateDir),
  }
}

function counts(names: readonly string[]): Readonly<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const name of names.toSorted()) found[name] = (found[name] ?? 0) + 1
  return found
}

async function processesIn(dir: string): Promise<readonly { readonly pid: number; readonly name: string }[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const all = await Promise.all(
    pids.map(async (pid) => {
      const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '')
      const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      const name = /\((.*)\) (\w)/.exec(state)
      // One that is dead and not yet waited for has no words and no folder: it counts by its parent.
      const inside = `${cwd}/`.startsWith(`${dir}/`) || words.some((word) => word.includes(dir))
      return inside && pid !== process.pid ? { pid, name: name?.[1] ?? '' } : null
    }),
  )
  return all.filter((one) => one !== null)
}

async function linksOf(pid: number): Promise<readonly string[]> {
  const folder = `/proc/${pid}/fd`
  const names = await readdir(folder).catch(() => [])
  const links = await Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => null)))
  return links.filter((link) => link !== null)
}

const listens = '0A'

async function listeningSockets(): Promise<ReadonlySet<string>> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8')))
  const rows = tables.flatMap((table) => table.trim().split('\n').slice(1))
  const fields = rows.map((row) => row.trim().split(/\s+/))
  return new Set(fields.filter((row) => row[3] === listens).map((row) => `socket:[${row[9]}]`))
}

async function filesIn(stateDir: string): Promise<Readonly<Record<string, number>>> {
  const all = await readdir(stateDir, { recursive: true, withFileTypes: true })
  return counts(all.filter((entry) => !entry.isDirectory()).map(({ parentPath }) => parentPath.slice(stateDir.length)))
}
