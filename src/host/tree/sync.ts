import { spawn } from 'node:child_process'
import { closeSync, fsyncSync } from 'node:fs'
import { named } from './held-folder.ts'
import { fsyncDir } from './durable.ts'
import { walk } from './walk.ts'

/**
 * Brings a whole tree to disk with one `sync -f`, which writes out its file system: for thousands of files far quicker
 * than syncing each. Where that program is missing or fails, each file and folder is synced.
 */
export async function syncTree(path: string, program = 'sync'): Promise<void> {
  if (await syncFilesystem(path, program)) return
  for await (const { kind, parent, name, path: relative } of walk(path)) {
    if (kind === 'folder') await fsyncDir(`${path}/${relative}`)
    if (kind !== 'file') continue
    named(`${path}/${relative}`, () => {
      const fd = parent.file(name)
      try {
        fsyncSync(fd)
      } finally {
        closeSync(fd)
      }
    })
  }
  await fsyncDir(path)
}

/** Brings the file systems to disk that these paths lie on; where that is not known here, all of them. */
export async function syncFilesystems(paths: readonly string[], program = 'sync'): Promise<void> {
  if ((await runSync(program, ['-f', ...paths])) || (await runSync(program, []))) return
  for (const path of paths) await syncTree(path, program)
}

function syncFilesystem(path: string, program: string): Promise<boolean> {
  return runSync(program, ['-f', path])
}

function runSync(program: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore' })
    child.once('error', () => resolve(false))
    child.once('close', (code) => resolve(code === 0))
  })
}
