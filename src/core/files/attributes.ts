/**
 * The part of `.gitattributes` that decides what a file looks like on disk: gitattributes(5), `text`, `eol`, `binary`,
 * `filter`, `working-tree-encoding`. Later lines win over earlier ones, files in deeper folders over those above.
 */
export interface Attributes {
  /** null: not said. */
  readonly text: boolean | 'auto' | null
  readonly eol: 'lf' | 'crlf' | null
  /** What stands in git is not what stands on disk: a pointer (`filter=lfs`), another encoding. */
  readonly converted: string | null
}

const none: Attributes = { text: null, eol: null, converted: null }
const linesMax = 10_000

interface Line {
  readonly matches: (path: string) => boolean
  readonly set: readonly (readonly [name: string, value: string | boolean | null])[]
}

/** `files`: the text of each `.gitattributes` by its path. */
export function attributesOf(files: ReadonlyMap<string, string>): (path: string) => Attributes {
  const levels = [...files]
    .map(([path, text]) => ({ folder: path.slice(0, -'.gitattributes'.length), lines: parse(text) }))
    .toSorted((a, b) => a.folder.length - b.folder.length)
  if (levels.every(({ lines }) => lines.length === 0)) return () => none
  return (path) => {
    let found = none
    for (const { folder, lines } of levels) {
      if (!path.startsWith(folder)) continue
      const inside = path.slice(folder.length)
      for (const line of lines) if (line.matches(inside)) found = line.set.reduce(apply, found)
    }
    return found
  }
}

function apply(to: Attributes, [name, value]: Line['set'][number]): Attributes {
  switch (name) {
    case 'binary':
      return value === true ? { ...to, text: false } : to
    case 'text':
      if (value === 'auto') return { ...to, text: 'auto' }
      return { ...to, text: typeof value === 'string' ? null : value }
    case 'crlf':
      // The old name: `-crlf` is `-text`, `crlf=input` is `eol=lf`.
      return value === 'input' ? { ...to, eol: 'lf' } : { ...to, text: typeof value === 'string' ? to.text : value }
    case 'eol':
      return { ...to, eol: value === 'lf' || value === 'crlf' ? value : null }
    case 'filter':
      return { ...to, converted: typeof value === 'string' ? `filter=${value}` : null }
    case 'working-tree-encoding':
      return { ...to, converted: typeof value === 'string' && !/^utf-?8$/i.test(value) ? value : null }
    default:
      return to
  }
}

function parse(text: string): readonly Line[] {
  return text
    .replace(/^\ufeff/, '')
    .split('\n', linesMax)
    .flatMap((line) => parseLine(line.trim()) ?? [])
}

function parseLine(line: string): Line | null {
  if (line === '' || line.startsWith('#') || line.startsWith('[attr]') || line.startsWith('!')) return null
  const quoted = /^"((?:[^"\\]|\\.)*)"\s+(.*)$/.exec(line)
  const plain = /^(\S+)\s+(.*)$/.exec(line)
  const [, pattern, rest] = quoted ?? plain ?? []
  if (pattern === undefined || rest === undefined) return null
  const name = quoted === null ? pattern : pattern.replaceAll(/\\(.)/g, '$1')
  return { matches: matcher(name), set: rest.split(/\s+/).map(setting) }
}

function setting(word: string): Line['set'][number] {
  if (word.startsWith('-')) return [word.slice(1), false]
  if (word.startsWith('!')) return [word.slice(1), null]
  const at = word.indexOf('=')
  return at === -1 ? [word, true] : [word.slice(0, at), word.slice(at + 1)]
}

/** As in gitignore(5): a pattern without a slash means the name at any depth; a folder alone matches nothing. */
function matcher(pattern: string): (path: string) => boolean {
  if (pattern.endsWith('/')) return () => false
  const bare = pattern.replace(/^\//, '')
  const source = globSource(bare)
  const regExp = new RegExp(pattern.includes('/') ? `^${source}$` : `(?:^|/)${source}$`, 'su')
  return (path) => regExp.test(path)
}

function globSource(glob: string): string {
  return glob.replaceAll(/\*\*\/|\/\*\*$|\*+|\?|\[(!|\^)?([^\]]+)\]|\\(.)|[^*?[\\]/gsu, (token, not, chars, quoted) => {
    if (token === '**/') return '(?:[^/]+/)*'
    if (token === '/**') return '/.+'
    if (token.startsWith('*')) return '[^/]*'
    if (token === '?') return '[^/]'
    if (typeof chars === 'string')
      return `[${not === undefined ? '' : '^/'}${chars.replaceAll(/[\\\]^[]/g, String.raw`\$&`)}]`
    return escaped(typeof quoted === 'string' ? quoted : token)
  })
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
}
