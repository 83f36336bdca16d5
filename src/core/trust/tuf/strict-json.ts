/**
 * JSON that can mean one thing only. `JSON.parse` takes the last of two equal keys, other readers the first: with both,
 * a signer and a verifier can be made to see different documents. Numbers are whole (canonical JSON knows no others),
 * text is well-formed UTF-8 without a byte order mark, and depth and width are limited before memory is spent.
 */
export type StrictJson =
  | string
  | number
  | boolean
  | null
  | readonly StrictJson[]
  | { readonly [key: string]: StrictJson }

export const jsonDepthMax = 32
/** Members of one object, items of one list. */
export const jsonMembersMax = 2000

/** Why a text was not taken, with the place as a count of characters. */
export class StrictJsonError extends Error {}

export function parseStrictJson(bytes: Uint8Array): StrictJson {
  return new Reader(decode(bytes)).document()
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new StrictJsonError('begins with a byte order mark')
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new StrictJsonError('is not UTF-8')
  }
}

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const word = /true|false|null/y

class Reader {
  private at = 0
  private readonly text: string

  constructor(text: string) {
    this.text = text
  }

  document(): StrictJson {
    const value = this.value(0)
    this.space()
    if (this.at < this.text.length) throw this.wrong('has something after its end')
    return value
  }

  private value(depth: number): StrictJson {
    if (depth > jsonDepthMax) throw this.wrong(`is nested deeper than ${jsonDepthMax}`)
    this.space()
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth)
      case '[':
        return this.list(depth)
      case '"':
        return this.string()
      case 't':
      case 'f':
      case 'n':
        return this.word()
      default:
        return this.number()
    }
  }

  private object(depth: number): StrictJson {
    const found: Record<string, StrictJson> = {}
    let members = 0
    this.at++
    while (!this.closes('}', members)) {
      this.space()
      if (this.text[this.at] !== '"') throw this.wrong('has a key that is no string')
      const key = this.string()
      if (key === '__proto__') throw this.wrong('has the key "__proto__"')
      if (Object.hasOwn(found, key)) throw this.wrong(`has the key ${JSON.stringify(key.slice(0, 80))} twice`)
      this.space()
      if (this.text[this.at++] !== ':') throw this.wrong('has a key without a value')
      found[key] = this.value(depth + 1)
      if (++members > jsonMembersMax) throw this.wrong(`has an object of more than ${jsonMembersMax} members`)
    }
    return found
  }

  private list(depth: number): StrictJson {
    const found: StrictJson[] = []
    this.at++
    while (!this.closes(']', found.length)) {
      found.push(this.value(depth + 1))
      if (found.length > jsonMembersMax) throw this.wrong(`has a list of more than ${jsonMembersMax} items`)
    }
    return found
  }

  /** Past the end of a container, or past the comma before its next part. */
  private closes(end: '}' | ']', members: number): boolean {
    this.space()
    const next = this.text[this.at]
    if (next === end) {
      this.at++
      return true
    }
    if (members === 0) return false
    if (next !== ',') throw this.wrong(`lacks a comma or "${end}"`)
    this.at++
    this.space()
    if (this.text[this.at] === end) throw this.wrong('has a comma before an end')
    return false
  }

  private string(): string {
    const start = this.at++
    for (; this.at < this.text.length; this.at++) {
      const code = this.text.charCodeAt(this.at)
      if (code === 0x5c) this.at++
      else if (code === 0x22) return this.unescaped(this.text.slice(start, ++this.at))
    }
    throw this.wrong('ends inside a string')
  }

  private unescaped(token: string): string {
    let value: unknown
    try {
      value = JSON.parse(token)
    } catch {
      throw this.wrong('has a string that is not JSON')
    }
    // Half a surrogate pair has no bytes of its own: two such strings would be signed alike.
    if (typeof value !== 'string' || !value.isWellFormed()) throw this.wrong('has a string that is not Unicode')
    return value
  }

  private number(): number {
    const token = this.match(number)
    if (token === null) throw this.wrong('is not JSON')
    const value = Number(token)
    if (!/^-?[0-9]+$/.test(token) || !Number.isSafeInteger(value) || Object.is(value, -0)) {
      throw this.wrong(`has the number ${token.slice(0, 40)}, which is not a whole one below 2^53`)
    }
    return value
  }

  private word(): boolean | null {
    const token = this.match(word)
    if (token === null) throw this.wrong('is not JSON')
    return token === 'null' ? null : token === 'true'
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at
    const token = pattern.exec(this.text)?.[0] ?? null
    this.at += token?.length ?? 0
    return token
  }

  private space(): void {
    for (; this.at < this.text.length; this.at++) {
      const code = this.text.charCodeAt(this.at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
    }
  }

  private wrong(what: string): StrictJsonError {
    return new StrictJsonError(`${what} (at character ${this.at})`)
  }
}
