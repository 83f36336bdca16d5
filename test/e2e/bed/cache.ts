/**
 * What is slow to make and the same every time (root file systems, packed releases) is kept between runs in
 * `$BELAY_TEST_CACHE`, else `$XDG_CACHE_HOME/belay-test`, else `~/.cache/belay-test`. Deleting it is always safe
 * when nothing runs.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

export function cacheRoot(): string {
  const base = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  return process.env['BELAY_TEST_CACHE'] ?? join(base, 'belay-test')
}

/** A short name for a recipe: the same parts give the same name, any change gives another. */
export function recipeHash(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(createHash('sha256').update(part).digest())
  return hash.digest('hex').slice(0, 12)
}

/**
 * The folder `name` of the cache, made by `build` when it is not there. `build` fills an empty folder; the cache sees
 * it only when it is complete. Two processes that need it at once build it once.
 */
export async function cached(name: string, build: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheRoot(), name)
  if (existsSync(folder)) return folder
  await mkdir(cacheRoot(), { recursive: true })
  const release = await lockFile(`${folder}.lock`)
  try {
    if (!existsSync(folder)) await buildInto(folder, build)
  } finally {
    await release()
  }
  return folder
}

async function buildInto(folder: string, build: (folder: string) => Promise<void>): Promise<void> {
  const partial = `${folder}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial)
  await build(partial)
  await rename(partial, folder)
}

/** Waits for the kernel's lock on a file; it falls free by itself when this process dies. */
async function lockFile(path: string): Promise<() => Promise<void>> {
  const holder = spawn('flock', [path, 'sh', '-c', 'echo held; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(holder.stdout, 'data')
  return async () => {
    const ended = once(holder, 'exit')
    holder.stdin.end()
    await ended
  }
}
