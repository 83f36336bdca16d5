import { createHash } from 'node:crypto'
import { closeSync, readSync } from 'node:fs'
import { fail } from '../../core/model/problem.ts'
import { EntryTree } from '../../host/archive/entry-tree.ts'
import { archiveLimits } from '../../host/archive/limits.ts'
import { linksInside } from '../../host/archive/links.ts'
import { walk } from '../../host/tree/walk.ts'

/** One entry of an archive: everything in it is of the tree's content, nothing of the machine that holds it. */
export type Entry =
  | { readonly kind: 'folder'; readonly name: string }
  | { readonly kind: 'link'; readonly name: string; readonly target: string }
  | {
      readonly kind: 'file'
      readonly name: string
      readonly mode: 0o644 | 0o755
      readonly bytes: number
      /** Once. Fails when the file is not as long as it was. */
      readonly read: () => Iterable<Buffer>
    }

const chunkBytes = 1024 * 1024

/**
 * The tree under one top folder, sorted by code units. What a host would refuse to unpack is refused here, by the same
 * rules: E_ARCHIVE_HOSTILE, E_ARCHIVE_TOO_LARGE, E_ARCHIVE_FORMAT. Owners, times and umask of this machine are no part of it.
 */
export async function* entriesOf(dir: string, top: string, signal: AbortSignal): AsyncGenerator<Entry> {
  const claimed = new EntryTree(archiveLimits)
  let files = 0
  claimed.folder(top)
  yield { kind: 'folder', name: top }
  for await (const { path, kind, stat, target, parent, name: base } of walk(dir, { signal })) {
    const name = `${top}/${path}`
    switch (kind) {
      case 'folder':
        claimed.folder(name)
        yield { kind, name }
        break
      case 'link':
        claimed.link(name, target ?? '')
        yield { kind, name, target: target ?? '' }
        break
      case 'file': {
        claimed.file(name)
        files += 1
        const mode = (stat.mode & 0o100) === 0 ? 0o644 : 0o755
        yield { kind, name, mode, bytes: stat.size, read: () => contentOf(parent.file(base), path, stat.size) }
        break
      }
      case 'special':
        throw notForRelease(path, 'is a device, a pipe or a socket')
    }
  }
  if (files === 0) throw notForRelease(dir, 'holds no files')
  linksInside(claimed.root, top)
}

function* contentOf(fd: number, path: string, bytes: number): Generator<Buffer> {
  try {
    let left = bytes
    while (left > 0) {
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, left))
      const read = readSync(fd, chunk, 0, chunk.length, null)
      if (read === 0) throw notForRelease(path, 'was changed while it was packed')
      left -= read
      yield chunk.subarray(0, read)
    }
    if (readSync(fd, Buffer.alloc(1), 0, 1, null) > 0) throw notForRelease(path, 'was changed while it was packed')
  } finally {
    closeSync(fd)
  }
}

/** SHA-256 over a line for each entry, so that what was unpacked can be compared with what was packed. */
export function contentList() {
  const sum = createHash('sha256')
  return {
    add: (entry: Entry, sha256: string | null): void => {
      const more =
        entry.kind === 'file' ? [entry.mode, entry.bytes, sha256] : entry.kind === 'link' ? [entry.target] : []
      sum.update(`${JSON.stringify([entry.kind, entry.name, ...more])}\n`)
    },
    digest: (): string => sum.digest('hex'),
  }
}

function notForRelease(path: string, why: string) {
  return fail('E_ARCHIVE_FORMAT', `${path} ${why}`, {
    hint: 'Nothing was built. A release holds plain files, folders and links: take the rest out of the folder.',
    facts: { path, why },
  })
}
