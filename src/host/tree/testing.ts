import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Trees for tests. Not part of the product. */

/** Whether tests may mount: being root is not enough in a container. */
export function mayMount(): boolean {
  return spawnSync('unshare', ['--mount', 'true'], { stdio: 'ignore' }).status === 0
}

export interface Room extends AsyncDisposable {
  readonly dir: string
  /** A path in the room. */
  at(name: string): string
  /** Makes files with this content; `-> x` makes a link to x, a name that ends with a slash a folder. */
  plant(files: Readonly<Record<string, string>>): void
}

export async function room(): Promise<Room> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-tree-'))
  return {
    dir,
    at: (name) => join(dir, name),
    plant(files) {
      for (const [name, content] of Object.entries(files)) {
        const path = join(dir, name)
        mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true })
        if (content.startsWith('-> ')) symlinkSync(content.slice(3), path)
        else if (!name.endsWith('/')) writeFileSync(path, content)
      }
    },
    async [Symbol.asyncDispose]() {
      // Tests run without being root too: a folder that they closed is opened to go.
      for (const name of readdirSync(dir))
        if (lstatSync(join(dir, name)).isDirectory()) chmodSync(join(dir, name), 0o755)
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Mode and content, target or slash of everything below `dir`. */
export function look(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).toSorted()
  return Object.fromEntries(
    names.map((name) => {
      const path = join(dir, name)
      const stat = lstatSync(path)
      if (stat.isSymbolicLink()) return [name, `-> ${readlinkSync(path)}`]
      const mode = (stat.mode & 0o7777).toString(8)
      return [name, stat.isDirectory() ? `${mode}/` : `${mode} ${readFileSync(path, 'utf8')}`]
    }),
  )
}
