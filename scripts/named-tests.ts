import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** A line of a table that names a test: `| number | words | title of the test | [file](../file) |`. */
export interface NamedTest {
  readonly number: string
  readonly name: string
  readonly file: string
}

export function namedTestsIn(document: string): readonly NamedTest[] {
  return readFileSync(join(root, document), 'utf8')
    .split('\n')
    .flatMap((line): NamedTest[] => {
      const [, number = '', , name = '', link = ''] = line.split('|').map((cell) => cell.trim())
      const file = /\]\(\.\.\/(.+)\)$/.exec(link)?.[1]
      return file === undefined ? [] : [{ number, name, file }]
    })
}

/** The title of a test or of a group of tests is in that file; what varies in it comes last. */
export function isThere({ name, file }: NamedTest): boolean {
  if (!existsSync(join(root, file))) return false
  const text = readFileSync(join(root, file), 'utf8')
  return ["'", '`'].some((quote) => [quote, ' (${'].some((end) => text.includes(`${quote}${name}${end}`)))
}
