const distanceMax = 3

/** The known word that was probably meant, or null. Small edit distance only: a wrong guess is worse than none. */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: string | null = null
  let least = Math.min(distanceMax, Math.floor(word.length / 2)) + 1
  for (const candidate of known) {
    const found = distance(word.toLowerCase(), candidate.toLowerCase())
    if (found < least) [best, least] = [candidate, found]
  }
  return best
}

/** Levenshtein's, with two rows. */
function distance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitute = (before[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(substitute, (before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    before = row
  }
  return before[b.length] ?? 0
}
