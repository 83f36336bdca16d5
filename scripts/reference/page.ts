export interface ReferencePage {
  /** Below `docs/reference`. */
  readonly path: string
  readonly text: string
}

const mark = '<!-- Made by npm run reference from '

/** The first line of every page: nobody should edit it. */
export function made(from: string): string {
  return `${mark}${from}. -->`
}

/** Pages that somebody wrote may stand among them. */
export function isMade(path: string, text: string): boolean {
  return path.endsWith('.json') || text.startsWith(mark)
}
