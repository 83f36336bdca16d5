import type { Out } from '../ports.ts'
import type { Look } from './look.ts'

/** Finished lines, and below them at most one line that is still filling in. */
export interface Lines {
  print(lines: readonly string[]): void
  /** Replaces the line that is filling in; null takes it away. Nothing happens where there is no terminal. */
  live(line: string | null): void
}

const eraseLine = '\r\u001b[K'

/** The caller keeps a live line shorter than the terminal is wide: a wrapped line cannot be taken back. */
export function linesOf(out: Out, look: Pick<Look, 'columns'>): Lines {
  const terminal = look.columns !== null
  let shown: string | null = null
  return {
    print(lines) {
      if (lines.length === 0) return
      const text = lines.map((line) => `${line}\n`).join('')
      out.write(shown === null ? text : `${eraseLine}${text}${shown}`)
    },
    live(line) {
      if (!terminal || line === shown) return
      out.write(line === null ? eraseLine : `${shown === null ? '' : eraseLine}${line}`)
      shown = line
    },
  }
}
