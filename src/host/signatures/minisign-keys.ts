import { readFile, stat } from 'node:fs/promises'
import { fail } from '../../core/model/problem.ts'
import { type MinisignKey, minisignKeyBytesMax, readMinisignKey } from '../../core/trust/minisign.ts'

/** The keys that a config names, those in files read anew. E_CONFIG_INVALID where a file holds none. */
export async function minisignKeys(given: readonly string[]): Promise<readonly MinisignKey[]> {
  return Promise.all(given.map(async (text) => readMinisignKey(text) ?? (await keyIn(text))))
}

async function keyIn(path: string): Promise<MinisignKey> {
  const text = await textOf(path)
  const key = text === null ? null : readMinisignKey(text)
  if (key !== null) return key
  throw fail('E_CONFIG_INVALID', `${path} ${text === null ? 'cannot be read' : 'holds no public key of minisign'}`, {
    hint: 'Put the .pub file of the publisher there, or write its line that begins with RW under trust.keys.minisign.',
    facts: { path },
  })
}

async function textOf(path: string): Promise<string | null> {
  try {
    return (await stat(path)).size > minisignKeyBytesMax ? '' : await readFile(path, 'utf8')
  } catch {
    return null
  }
}
