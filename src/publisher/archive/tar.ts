/** Headers of POSIX.1-2001 (pax): the same entry gives the same bytes, whatever made them and whenever. */
export interface TarHead {
  readonly kind: 'file' | 'folder' | 'link'
  /** With slashes; of a folder without the one at its end. */
  readonly name: string
  readonly mode: number
  /** Of a file's content; else 0. */
  readonly bytes: number
  readonly target: string
  readonly epochSeconds: number
}

const blockBytes = 512
const types = { file: '0', link: '2', folder: '5' } as const

/** What stands before an entry's content. */
export function headOf(head: TarHead): Buffer {
  const name = head.kind === 'folder' ? `${head.name}/` : head.name
  const records = [record('path', name, 100), record('linkpath', head.target, 100), sizeRecord(head.bytes)].join('')
  const plain = { ...head, name: fits(name, 100) ? name : 'pax', target: fits(head.target, 100) ? head.target : 'pax' }
  const own = block(plain, types[head.kind])
  if (records === '') return own
  const body = Buffer.from(records)
  const before = block({ ...plain, name: 'pax', target: '', mode: 0o644, bytes: body.length }, 'x')
  return Buffer.concat([before, body, padding(body.length), own])
}

/** What stands behind a content of that length. */
export const padding = (bytes: number): Buffer => Buffer.alloc((blockBytes - (bytes % blockBytes)) % blockBytes)

/** Two empty blocks end an archive. */
export const endOfTar = (): Buffer => Buffer.alloc(2 * blockBytes)

// A file of 8 GiB and more has no place in eleven octal digits.
const octalBytesMax = 8 ** 11 - 1

const fits = (text: string, most: number): boolean => /^[ -~]*$/.test(text) && text.length <= most

const record = (key: string, value: string, most: number): string => (fits(value, most) ? '' : lengthened(key, value))

const sizeRecord = (bytes: number): string => (bytes <= octalBytesMax ? '' : lengthened('size', String(bytes)))

/** `LENGTH KEY=VALUE`, where the length counts itself. */
function lengthened(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  const bytes = Buffer.byteLength(rest)
  let length = bytes + 1
  while (bytes + String(length).length !== length) length++
  return `${length}${rest}`
}

function block({ name, mode, bytes, target, epochSeconds }: TarHead, type: string): Buffer {
  const header = Buffer.alloc(blockBytes)
  const octal = (value: number, at: number, digits: number): void => {
    header.write(`${value.toString(8).padStart(digits, '0')}\0`, at, 'latin1')
  }
  header.write(name, 0, 'latin1')
  octal(mode, 100, 7)
  octal(0, 108, 7)
  octal(0, 116, 7)
  octal(Math.min(bytes, octalBytesMax), 124, 11)
  octal(epochSeconds, 136, 11)
  header.write(' '.repeat(8), 148, 'latin1')
  header.write(type, 156, 'latin1')
  header.write(target, 157, 'latin1')
  header.write('ustar\u000000', 257, 'latin1')
  octal(0, 329, 7)
  octal(0, 337, 7)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return header
}
