import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fail } from '../core/model/problem.ts'

const textBytesMax = 1024 * 1024

/** null: there is no such file. */
export async function readText(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null)
  if (found === null) return null
  if (!found.isFile() || found.size > textBytesMax) {
    throw fail('E_USAGE', `${path} is not a small text file.`, {
      hint: 'Name a config file, a unit or a compose file.',
    })
  }
  return readFile(path, 'utf8')
}

/** A whole file or nothing; false when one is there and may not be replaced. */
export async function writeText(
  path: string,
  text: string,
  { overwrite }: { readonly overwrite: boolean },
): Promise<boolean> {
  const temporary = `${path}.${process.pid}.new`
  await mkdir(dirname(path), { recursive: true })
  await writeFile(temporary, text, { mode: 0o644 })
  try {
    if (overwrite) await rename(temporary, path)
    // A link, unlike a rename, refuses to replace what appeared meanwhile.
    else await link(temporary, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}
