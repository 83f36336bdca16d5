// The page: what the sources in web/ become, packed as browsers take it. Built beside and put in place whole: an agent that
// serves it never sees half of it.
import { createHash } from 'node:crypto'
import { globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { packedSuffix, type PageIndex, pageIndexName, pageIndexSchema } from '../../src/protocol/page-index.ts'

const root = resolve(import.meta.dirname, '../..')
export const pageDir = join(root, 'dist/page')

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
}

/** Packing less than this costs more than it saves. */
const packedBytesMin = 256

const sources = ['web/**', 'src/protocol/**/*.ts', 'src/core/**/*.ts', 'scripts/page/*.ts', 'package-lock.json']

/** Of everything that the page is made of, tests left out. */
export function sourcesHash(): string {
  const hash = createHash('sha256')
  const exclude = ['**/node_modules/**', '**/*.test.ts']
  for (const entry of globSync(sources, { cwd: root, exclude, withFileTypes: true }).toSorted(byPath)) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    hash.update(`${file}\0`).update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

function byPath(one: { parentPath: string; name: string }, other: { parentPath: string; name: string }): number {
  const [a, b] = [join(one.parentPath, one.name), join(other.parentPath, other.name)]
  return a < b ? -1 : Number(a > b)
}

/** What `dist/page` was built from; null: there is no page, or half of one. */
export function builtIndex(): PageIndex | null {
  try {
    return pageIndexSchema.parse(JSON.parse(readFileSync(join(pageDir, pageIndexName), 'utf8')))
  } catch {
    return null
  }
}

export async function buildPage(): Promise<PageIndex> {
  const made = sourcesHash()
  mkdirSync(join(root, '.cache'), { recursive: true })
  const dir = mkdtempSync(join(root, '.cache/page-'))
  try {
    // Whoever tests has it otherwise, and would get the libraries as they are for development.
    process.env['NODE_ENV'] = 'production'
    const { build } = await import('vite')
    await build({
      configFile: join(root, 'web/vite.config.ts'),
      configLoader: 'native',
      logLevel: 'warn',
      build: { outDir: dir, emptyOutDir: true },
    })
    const index: PageIndex = { sources: made, files: pack(dir) }
    writeFileSync(join(dir, pageIndexName), `${JSON.stringify(index, null, 2)}\n`)
    putInPlace(dir)
    return index
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function pack(dir: string): PageIndex['files'] {
  const files = globSync('**', { cwd: dir, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.toSorted(byPath).map((entry) => {
      const file = join(entry.parentPath, entry.name)
      const path = file.slice(dir.length)
      const type = types[extname(file)]
      if (type === undefined) throw new Error(`${path}: scripts/page/build.ts does not know what type that is`)
      const content = readFileSync(file)
      const hash = createHash('sha256').update(content).digest('base64url').slice(0, 22)
      const immutable = path.startsWith('/assets/')
      return [path, { type, hash, immutable, bytes: content.length, packed: packedForms(file, content) }]
    }),
  )
}

function packedForms(file: string, content: Buffer): PageIndex['files'][string]['packed'] {
  const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
  if (content.length < packedBytesMin || extname(file) === '.png' || extname(file) === '.woff2') return {}
  const forms = { br: brotliCompressSync(content, best), gzip: gzipSync(content, { level: 9 }) }
  writeFileSync(file + packedSuffix.br, forms.br)
  writeFileSync(file + packedSuffix.gzip, forms.gzip)
  return { br: forms.br.length, gzip: forms.gzip.length }
}

function putInPlace(dir: string): void {
  mkdirSync(join(root, 'dist'), { recursive: true })
  const old = `${dir}.old`
  rmSync(old, { recursive: true, force: true })
  try {
    renameSync(pageDir, old)
  } catch {
    // There was none.
  }
  renameSync(dir, pageDir)
  rmSync(old, { recursive: true, force: true })
}

/** What a browser loads before it shows anything: index.html and all that it names, packed by brotli, in bytes. */
export function firstLoadBytes({ files }: PageIndex): number {
  const html = readFileSync(join(pageDir, 'index.html'), 'utf8')
  const named = Object.keys(files).filter((path) => path === '/index.html' || html.includes(`"${path}"`))
  return named.reduce((sum, path) => sum + (files[path]?.packed.br ?? files[path]?.bytes ?? 0), 0)
}
