import { parseConfigValue } from '../../src/protocol/config/parse.ts'
import { allKinds } from '../../src/main/kinds.ts'
import { initOn, spoken } from './init.ts'
import { parse } from 'yaml'

const kinds = await allKinds()

type Files = Readonly<Record<string, string>>

interface Component {
  readonly source: { readonly image: string; readonly tag?: string; readonly prereleases?: boolean }
  readonly strategy: Readonly<Record<string, unknown>>
  readonly policy: { readonly auto: string; readonly window?: unknown; readonly hold?: readonly string[] }
  readonly requires?: Readonly<Record<string, string>>
  readonly aliases?: readonly string[]
  readonly version?: unknown
}

/** `init --from` each of them but those that begin with a dot or are an override; what it writes must be valid. */
export async function proposedFrom(
  files: Files,
  from = Object.keys(files).filter((name) => !/^\.|override/.test(name)),
) {
  const { code, said, text } = await initOn(files, from)
  if (code !== 0 || text === null) throw new Error(JSON.stringify(said))
  const config = parse(text) as {
    agent?: { check: { every: string } }
    components: Readonly<Record<string, Component>>
  }
  parseConfigValue(config, '/site', kinds)
  const read = said as unknown as {
    components: string[]
    read_from: string[]
    left_out: { service: string; why: string }[]
  }
  return { ...read, text, comments: spoken(text), every: config.agent?.check.every, of: config.components }
}
