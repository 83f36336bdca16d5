import { cleanText } from '../../core/release/text.ts'
import { manifestBytesMax } from '../../protocol/manifest/schema.ts'
import { type Place, readYaml, type ReadYaml } from '../config/yaml.ts'

export type ReadManifest = ReadYaml | { readonly faults: readonly (Place & { readonly message: string })[] }

/**
 * The bytes of a manifest as a value, with the place of everything in it. YAML without anchors and aliases; a name that
 * ends in `.json` must be JSON. No key may be there twice.
 */
export function readManifest(bytes: Uint8Array, name: string): ReadManifest {
  if (bytes.byteLength > manifestBytesMax) return wrong(`this is larger than ${manifestBytesMax} bytes`)
  const text = decoded(bytes)
  if (text === null) return wrong('this is not UTF-8 text')
  const { count, depth } = brackets(text)
  if (count > bracketsMax) return wrong(`there are more than ${bracketsMax} brackets in this`)
  if (depth > depthMax) return wrong('this is nested too deeply')
  const json = name.toLowerCase().endsWith('.json')
  if (json) {
    const fault = jsonFault(text)
    if (fault !== null) return { faults: [fault] }
  }
  // JSON may be indented with tabs, which have no place inside its texts.
  return readYaml(json ? text.replaceAll('\t', ' ') : text, 0)
}

/** A parser that follows tens of thousands of them down takes a hundred megabytes to learn that it is too deep. */
const bracketsMax = 1000
/** Far more than a manifest has. Beyond it, what the parser says depends on how much stack is left. */
const depthMax = 100

/** How many open, and how many are open at once; those inside of texts too. */
function brackets(text: string): { readonly count: number; readonly depth: number } {
  let [count, open, depth] = [0, 0, 0]
  for (const sign of text) {
    if (sign === '[' || sign === '{') {
      count++
      depth = Math.max(depth, ++open)
    } else if (sign === ']' || sign === '}') open = Math.max(0, open - 1)
  }
  return { count, depth }
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

function wrong(message: string): ReadManifest {
  return { faults: [{ line: 1, column: 1, message }] }
}

function jsonFault(text: string): (Place & { readonly message: string }) | null {
  try {
    JSON.parse(text)
    return null
  } catch (error) {
    const said = error instanceof Error ? error.message : 'it cannot be read'
    const at = Number(/at position (\d+)/.exec(said)?.[1] ?? text.length)
    const before = text.slice(0, at).split('\n')
    const line = before.length
    const column = (before.at(-1)?.length ?? 0) + 1
    return { line, column, message: `this is not JSON: ${cleanText(said.split('\n')[0] ?? '', 200)}` }
  }
}
