import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { filesAs } from './owner.ts'
import { git, gitText, type GitOptions, type Place } from './run.ts'
import { readRecord, refs, runFolder, type SwitchRecord } from './switch/record.ts'

/** A commit that an earlier run left, and what was kept of it. */
export interface KeptRun {
  readonly run: string
  readonly record: SwitchRecord
  readonly folder: ReturnType<typeof runFolder>
}

/** Newest first. Runs that were undone have no record. */
export async function keptRuns(gitDir: string): Promise<readonly KeptRun[]> {
  const names = await readdir(join(gitDir, 'belay')).catch(() => [])
  const runs: KeptRun[] = []
  for (const run of names.filter((name) => /^r-[0-9a-f]{8,32}$/.test(name))) {
    const folder = runFolder(gitDir, run)
    const record = await readRecord(folder).catch(() => null)
    if (record !== null) runs.push({ run, record, folder })
  }
  return runs.toSorted((a, b) => b.record.at.localeCompare(a.record.at))
}

/** What nobody goes back to any more goes: beyond `keep`, and what failed runs left. `run` is the one that asks. */
export async function tidyRepository(place: Place, run: string, keep: number, options: GitOptions): Promise<void> {
  const gitDir = (await gitText(place, ['rev-parse', '--absolute-git-dir'], options)).trim()
  const runs = await keptRuns(gitDir)
  const stay = new Set([run, ...runs.slice(0, keep).map((kept) => kept.run)])
  const files = filesAs(place, options.signal)
  const names = await readdir(join(gitDir, 'belay')).catch(() => [])
  for (const name of names.filter((name) => !stay.has(name))) await files.remove(join(gitDir, 'belay', name))
  const known = await gitText(place, ['for-each-ref', '--format=%(refname)', 'refs/belay/'], options)
  for (const ref of known.split('\n').filter((name) => name !== '')) {
    const of = ref.split('/').at(-1) ?? ''
    const own = ref === refs.new(of) || ref === refs.kept(of)
    if (own && !stay.has(of)) await gitText(place, ['update-ref', '-d', ref], options)
  }
  await git(place, ['worktree', 'prune'], options)
}
