import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** For tests that read sentences out of the source. */

/** All files of code below these folders of the repository, without tests. */
export function sources(folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/\.(?:test|fixture)\.ts$/.test(name))
      .map((name) => join(folder, name)),
  )
}

/** What is written in quotes or backticks in a piece of code; a template with its holes. */
export function literals(code: string): readonly string[] {
  return [...code.matchAll(/'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\$]|\\.|\$(?!\{)|\$\{(?:[^{}`]|`[^`]*`)*\})*)`/g)].map(
    ([, quoted, template]) => (quoted ?? template ?? '').replaceAll("\\'", "'"),
  )
}

const hole = /\$\{(?:[^{}`]|`[^`]*`)*\}/

/** Matches what a template can become. */
export function samples(template: string): RegExp {
  const parts = template.split(hole).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`)
}

const words =
  /\b(?:the|and|files?|from|to|as|is|are|of|keep|data|what|for|that|it|starts?|steps?|stays|way|back|exists?|nothing|temporary|no service)\b/

/** Whether it has English words; what stands in the holes of a template does not count. */
export function tooEnglish(text: string): boolean {
  return words.test(text.split(hole).join(''))
}
