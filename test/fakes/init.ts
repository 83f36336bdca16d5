import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { surveyOf } from './survey.ts'
import { fakeTerminal, portsWith } from './terminal.ts'
import type { Survey } from '../../src/cli/ports.ts'
import { runCli } from '../../src/cli/program.ts'

export interface Component {
  readonly source: Readonly<Record<string, unknown>>
  readonly strategy: Readonly<Record<string, unknown>>
  readonly [key: string]: unknown
}

export interface Proposed {
  readonly text: string
  /** `spoken`. */
  readonly comments: string
  readonly config: { readonly agent?: unknown; readonly components: Readonly<Record<string, Component>> }
  readonly notes: readonly string[]
}

type Files = Readonly<Record<string, string>>

export function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, '../fixtures', name), 'utf8')
}

/** `belay init --from …` on a host whose files are these, below /site where a name is no whole path. */
export async function initOn(
  files: Files,
  from: readonly string[],
  more: { readonly survey?: Partial<Survey>; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly code: number; readonly said: Readonly<Record<string, unknown>>; readonly text: string | null }> {
  const disk = new Map(
    Object.entries(files).map(([name, text]) => [name.startsWith('/') ? name : `/site/${name}`, text]),
  )
  const screen = fakeTerminal(more.env === undefined ? {} : { env: more.env })
  const ports = portsWith(null, {
    readText: async (path) => disk.get(path) ?? null,
    writeText: async (path, text) => disk.set(path, text) !== undefined,
    survey: async () => surveyOf(disk, more.survey),
  })
  const code = await runCli(['init', '--json', ...from.flatMap((name) => ['--from', name])], screen.io, ports)
  return { code, said: JSON.parse(screen.out()), text: disk.get('/site/belay.yaml') ?? null }
}

/** The same, where it must work. */
export async function proposedOn(...call: Parameters<typeof initOn>): Promise<Proposed> {
  const { code, said, text } = await initOn(...call)
  if (code !== 0 || text === null) throw new Error(JSON.stringify(said))
  return {
    text,
    comments: spoken(text),
    config: parse(text),
    notes: said['notes'] as readonly string[],
  }
}

/** Comments as a person reads them: sentences, wherever their lines end. */
export function spoken(text: string): string {
  return text.replace(/\n\s*#(?! -)\s+/g, ' ')
}
