import { runInNewContext } from 'node:vm'

const lineCharsMax = 2000
const patternTimeoutMs = 250

/**
 * What the first group of a pattern matches in the first line that fits; null: nothing, or it took too long. The text
 * comes from a release: a line made for it can keep a careless pattern busy for years, so the match has a time limit.
 */
export function matchLines(text: string, pattern: string): string | null {
  const lines = text.split(/\r?\n/).filter((line) => line.length <= lineCharsMax)
  const code =
    'let found = null; for (const line of lines) { found = expression.exec(line)?.[1] ?? null; if (found) break } found'
  try {
    const found: unknown = runInNewContext(
      code,
      { lines, expression: new RegExp(pattern) },
      { timeout: patternTimeoutMs },
    )
    return typeof found === 'string' ? found : null
  } catch {
    return null
  }
}
