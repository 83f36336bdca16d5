import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const id = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

/** The commit that a checkout says it is at; null: it is none, or does not say. No program is run, so nobody's hooks are. */
export function gitHead(root: string): string | null {
  const head = text(join(root, '.git/HEAD'))
  if (head === null || id.test(head)) return head
  const ref = /^ref: (refs\/[A-Za-z0-9._/-]{1,200})$/.exec(head)?.[1]
  if (ref === undefined || ref.includes('..')) return null
  const loose = text(join(root, '.git', ref))
  if (loose !== null && id.test(loose)) return loose
  const packed = text(join(root, '.git/packed-refs'))?.split('\n') ?? []
  const line = packed.find((one) => one.endsWith(` ${ref}`))?.split(' ')[0]
  return line !== undefined && id.test(line) ? line : null
}

function text(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return null
  }
}
