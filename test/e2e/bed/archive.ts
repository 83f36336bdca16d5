/** Release archives, packed so that the same tree gives the same bytes. */
import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { must } from './command.ts'

/** A published release: the archive, with `ARCHIVE.sha256` beside it as sha256sum writes it. */
export interface ReleaseArchive {
  readonly version: string
  /** Path of the .tar.gz on the host. */
  readonly archive: string
  readonly sha256: string
}

/** `flat`: the folder's entries are the archive's. `top-folder`: they are below one folder, named as the folder is. */
export type ArchiveShape = 'flat' | 'top-folder'

export async function packRelease(
  folder: string,
  shape: ArchiveShape,
  version: string,
  archive: string,
): Promise<ReleaseArchive> {
  const from = shape === 'flat' ? folder : dirname(folder)
  const entries = shape === 'flat' ? (await readdir(folder)).toSorted() : [basename(folder)]
  const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner']
  await must(['tar', ...same, '--use-compress-program=gzip -n', '-C', from, '-cf', archive, ...entries])
  const sha256 = createHash('sha256')
    .update(await readFile(archive))
    .digest('hex')
  await writeFile(`${archive}.sha256`, `${sha256}  ${basename(archive)}\n`)
  return { version, archive, sha256 }
}

/** Writes a tree of text files. */
export async function writeTree(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await must(['mkdir', '-p', ...Object.keys(files).map((name) => dirname(join(folder, name)))])
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)))
}
