import { z } from 'zod'

/** What a metadata file says of its package. */
export interface Metadata {
  readonly name: string | null
  readonly version: string | null
}

const packageJsonSchema = z.object({ name: z.string().nullish(), version: z.string().nullish() })

function packageJson(text: string): Metadata | null {
  try {
    const { name, version } = packageJsonSchema.parse(JSON.parse(text))
    return { name: name ?? null, version: version ?? null }
  } catch {
    return null
  }
}

/** Core metadata: headers up to the first empty line, after which the description may say anything. */
function headers(text: string): Metadata {
  const head = text.split(/\r?\n\r?\n/, 1)[0] ?? ''
  const field = (name: string) => new RegExp(`^${name}:[ \\t]*(\\S+)[ \\t]*\\r?$`, 'mi').exec(head)?.[1] ?? null
  return { name: field('Name'), version: field('Version') }
}

/** The two plain settings of `[project]` (or Poetry's table): no TOML reader is needed for them. */
function pyproject(text: string): Metadata | null {
  const table = /^\[(?:project|tool\.poetry)\][ \t]*\r?$([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec(text)?.[1]
  if (table === undefined) return null
  const field = (name: string) => new RegExp(`^${name}[ \\t]*=[ \\t]*(["'])(.*?)\\1`, 'm').exec(table)?.[2] ?? null
  return { name: field('name'), version: field('version') }
}

/** null: a kind of file that is not known, or no such file inside. */
export function readMetadata(file: string, text: string): Metadata | null {
  if (file.endsWith('.json')) return packageJson(text)
  if (file.endsWith('.toml')) return pyproject(text)
  return /(^|\/)(METADATA|PKG-INFO)$/.test(file) ? headers(text) : null
}

/** PEP 503: `My.App`, `my_app` and `my-app` are one name. npm names come out unchanged. */
export function sameName(a: string, b: string): boolean {
  const plain = (name: string) => name.toLowerCase().replace(/[-_.]+/g, '-')
  return plain(a) === plain(b)
}
