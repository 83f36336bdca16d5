export type Path = readonly (string | number)[]

/** Something wrong with the config. `at`: whether a person should look at the key or at what it holds. */
export interface Finding {
  readonly path: Path
  readonly at: 'key' | 'value'
  /** What is wrong and what to write instead; no full stop at its end. */
  readonly message: string
}

/** What no schema of one place can see. Takes the raw config and passes over what its schema refuses. */
export type ConfigRule = (config: unknown) => readonly Finding[]

const shownCharsMax = 40

/** A value as a sentence names it: `text "abc"`, `the number 5`, `a list`. */
export function found(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value === 'string') return `text ${quoted(value)}`
  return typeof value === 'number' ? `the number ${value}` : JSON.stringify(value)
}

export function quoted(text: string): string {
  return JSON.stringify(text.length > shownCharsMax ? `${text.slice(0, shownCharsMax)}…` : text)
}

/** Without blanks, and without what separates the keys of a path. */
const plainWord = /^[^\s."[\]:\p{C}]{1,64}$/u

/** A name as a line shows it: in quotes when a person would not see where it begins or ends. */
export function word(text: string): string {
  return plainWord.test(text) ? text : quoted(text)
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What stands at a path; undefined where nothing does. */
export function valueAt(root: unknown, path: Path): unknown {
  let at = root
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = Reflect.get(at, key)
  }
  return at
}
