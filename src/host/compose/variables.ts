import { realpath } from 'node:fs/promises'
import { exists } from '../tree/stat.ts'
import { readVariables, type Variable } from './dotenv.ts'
import { type Lookup, piecesOf, textOf } from './expression.ts'
import type { Scalar } from './scalar.ts'
import { readTextFile } from './text-file.ts'

/** Variables of the process go before those of every file. Which file says them does not matter: they are not edited. */
export function ofEnvironment(environment: Readonly<Record<string, string>>): Lookup {
  return (name) => {
    const text = environment[name]
    return text === undefined ? null : [{ text, owner: null, variable: name, start: 0 }]
  }
}

/** Adds the variables of environment files, of which the last goes before; `outer` goes before them all. Files that are missing are empty. */
export async function withFiles(paths: readonly string[], outer: Lookup): Promise<Lookup> {
  const found: { readonly path: string; readonly variable: Variable }[] = []
  for (const path of paths) {
    if (!(await exists(path))) continue
    const variables = readVariables((await readTextFile(path)).text)
    const real = await realpath(path)
    found.push(...variables.map((variable) => ({ path: real, variable })))
  }
  /** A value sees what stands before it. */
  const before = (end: number): Lookup => {
    return (name) => {
      const outside = outer(name)
      if (outside !== null) return outside
      const at = found.findLastIndex(({ variable }, index) => index < end && variable.name === name)
      const here = found[at]
      if (here === undefined) return null
      const { path, variable } = here
      const owner = { path, place: { kind: 'env', variable: name }, scalar: variable.scalar } as const
      if (variable.scalar.quote !== 'single') return piecesOf(owner, before(at))
      return [{ text: variable.scalar.value, owner, variable: name, start: 0 }]
    }
  }
  return before(found.length)
}

/** What is written somewhere else in a compose file, with its variables put in. */
export function textIn(written: string, lookup: Lookup): string {
  const scalar: Scalar = { value: written, source: written, range: [0, written.length], quote: 'plain' }
  return textOf(piecesOf({ path: '', place: { kind: 'yaml', service: '' }, scalar }, lookup))
}
