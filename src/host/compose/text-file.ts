import { readFile } from 'node:fs/promises'
import { fail } from '../../core/model/problem.ts'
import { statOrNull } from '../tree/stat.ts'

/** A file as text that goes back to the same bytes. Old environment files are not always UTF-8. */
export interface TextFile {
  readonly text: string
  readonly charset: 'utf8' | 'latin1'
}

const fileBytesMax = 1024 * 1024

/** Errors: E_COMPOSE_INVALID for one that is not there or too large; those of the system. */
export async function readTextFile(path: string): Promise<TextFile> {
  const found = await statOrNull(path)
  if (found?.isFile() !== true) {
    throw fail('E_COMPOSE_INVALID', `there is no file ${path}`, { hint: 'Check the path.', facts: { file: path } })
  }
  if (found.size > fileBytesMax) {
    throw fail('E_COMPOSE_INVALID', `${path} is larger than ${fileBytesMax} bytes`, { facts: { file: path } })
  }
  return decode(await readFile(path))
}

function decode(bytes: Uint8Array): TextFile {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), charset: 'utf8' }
  } catch {
    return { text: Buffer.from(bytes).toString('latin1'), charset: 'latin1' }
  }
}

export function encode({ text, charset }: TextFile): Buffer {
  return Buffer.from(text, charset)
}
