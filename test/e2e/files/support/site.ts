import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
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
import { type Belay, openBelay } from '../../../../src/main/open.ts'
import { type GithubServer, type GivenCommit, type GivenTree, githubServer, repo } from './github.ts'

/** A host with one component `helpdesk` that follows a repository on a server of its own. */
export interface Site extends AsyncDisposable {
  readonly github: GithubServer
  readonly dir: string
  /** The tree itself. */
  readonly root: string
  readonly state: string
  readonly config: { readonly [key: string]: unknown }
  at(path: string): string
  /** Opens the engine, as a new process would. */
  open<T>(work: (belay: Belay) => Promise<T>): Promise<T>
}

export interface Given {
  readonly commits: GivenCommit[]
  /** What stands there at first; null: nothing. */
  readonly there?: GivenTree | null
  readonly strategy?: object
  readonly source?: object
  readonly component?: object
}

export async function site({
  commits,
  there = null,
  strategy = {},
  source = {},
  component = {},
}: Given): Promise<Site> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-files-'))
  const github = await githubServer(commits)
  const [root, state] = [join(dir, 'srv/helpdesk'), join(dir, 'state')]
  if (there !== null) plant(root, there)
  const config = {
    version: 1,
    agent: { allow_http: ['127.0.0.1'] },
    components: {
      helpdesk: {
        source: { type: 'github-tree', repo, branch: 'main', api: github.url, ...source },
        strategy: { type: 'files', path: root, ...strategy },
        checks: { before: [{ type: 'permissions' }], after: [{ type: 'version_check' }] },
        ...component,
      },
    },
  }
  return {
    github,
    dir,
    root,
    state,
    config,
    at: (path) => join(root, path),
    open: async (work) => {
      const belay = await openBelay({ config, state })
      try {
        return await work(belay)
      } finally {
        await belay.close()
      }
    },
    [Symbol.asyncDispose]: async () => {
      await github[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Writes a tree as a checkout would. */
export function plant(root: string, tree: GivenTree): void {
  for (const [path, { content, mode }] of tree) {
    const place = join(root, path)
    mkdirSync(dirname(place), { recursive: true })
    if (mode === '120000') symlinkSync(content.toString(), place)
    else if (mode !== '160000') writeFileSync(place, content, { mode: mode === '100755' ? 0o755 : 0o644 })
  }
}

/** A tree of texts, for short. `-> x` is a link, `!` in front makes a program. */
export function treeFrom(files: Readonly<Record<string, string>>): GivenTree {
  return new Map(
    Object.entries(files).map(([path, text]) => {
      const link = text.startsWith('-> ')
      const program = text.startsWith('!')
      const content = Buffer.from(link ? text.slice(3) : program ? text.slice(1) : text)
      return [path, { content, mode: link ? '120000' : program ? '100755' : '100644' }]
    }),
  )
}

let count = 0
/** A commit of its own, the newest where it is put first. */
export function commitOf(files: Readonly<Record<string, string>> | GivenTree, message = 'a commit'): GivenCommit {
  count += 1
  const id = createHash('sha1').update(`commit ${count}`).digest('hex')
  return { id, message, tree: files instanceof Map ? files : treeFrom(files as Readonly<Record<string, string>>) }
}

/** Mode and content of everything in the tree but Belay's own backups; a link with its target. */
export function standing(root: string): ReadonlyMap<string, string> {
  if (!existsSync(root)) return new Map()
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted()
  return new Map(
    names.flatMap((name) => {
      if (name === '.update_backups' || name.startsWith('.update_backups/')) return []
      const stat = lstatSync(join(root, name))
      if (stat.isDirectory()) return []
      if (stat.isSymbolicLink()) return [[name, `-> ${readlinkSync(join(root, name))}`]]
      return [[name, `${(stat.mode & 0o777).toString(8)} ${readFileSync(join(root, name), 'latin1')}`]]
    }),
  )
}

/** The same of what a commit has. */
export function published(tree: GivenTree): ReadonlyMap<string, string> {
  return new Map(
    [...tree]
      .map(([path, { content, mode }]): [string, string] => [
        path,
        mode === '120000'
          ? `-> ${content.toString()}`
          : `${mode === '100755' ? '755' : '644'} ${content.toString('latin1')}`,
      ])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
}

export function write(place: string, content: string, mode = 0o644): void {
  mkdirSync(dirname(place), { recursive: true })
  writeFileSync(place, content)
  chmodSync(place, mode)
}
