import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Repositories for tests. Not part of the product. */

const fixed = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'dev',
  GIT_AUTHOR_EMAIL: 'dev@localhost',
  GIT_COMMITTER_NAME: 'dev',
  GIT_COMMITTER_EMAIL: 'dev@localhost',
}

export interface Repository {
  readonly dir: string
  git(...args: readonly string[]): string
  /** Writes these files (null removes one) and commits all of it; gives the commit. */
  commit(message: string, files: Readonly<Record<string, string | null>>, minute?: number): string
  head(): string
}

export function repositoryAt(dir: string): Repository {
  const git = (...args: readonly string[]) => runGit(dir, args)
  return {
    dir,
    git,
    commit(message, files, minute) {
      for (const [name, text] of Object.entries(files)) {
        const path = join(dir, name)
        if (text === null) rmSync(path)
        else {
          mkdirSync(dirname(path), { recursive: true })
          writeFileSync(path, text)
        }
      }
      git('add', '--all')
      const date = minute === undefined ? {} : dateAt(minute)
      runGit(dir, ['commit', '--quiet', '--allow-empty', '--message', message], date)
      return git('rev-parse', 'HEAD')
    },
    head: () => git('rev-parse', 'HEAD'),
  }
}

export function newRepository(dir: string, branch = 'main'): Repository {
  mkdirSync(dir, { recursive: true })
  runGit(dir, ['init', '--quiet', `--initial-branch=${branch}`])
  return repositoryAt(dir)
}

export function cloneOf(from: Repository, dir: string, ...flags: readonly string[]): Repository {
  runGit(dirname(dir), ['clone', '--quiet', ...flags, `file://${from.dir}`, dir])
  return repositoryAt(dir)
}

/** What git prints, without the last line end. */
export function runGit(dir: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  return execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
    cwd: dir,
    encoding: 'utf8',
    env: { ...process.env, ...fixed, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  }).replace(/\n$/, '')
}

function dateAt(minute: number): Record<string, string> {
  const date = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString()
  return { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date }
}
