import type { PendingRole, SignReport } from '../../ports/publisher.ts'
import type { Reader } from './problem.ts'

/** What was signed, what lacks signatures, and what comes next. */
export function signLines(
  report: SignReport,
  path: (path: string) => string,
  { look }: Reader,
  way: SignWay | null = null,
): string[] {
  const { release, dropped, pending, files, locked } = report
  const text = (line: string): string => look.text(line)
  return [
    ...(release === null
      ? []
      : [text(`Release ${release.version} has the number ${release.seq}; the floor is ${release.floor}.`)]),
    ...(dropped.length === 0 ? [] : [text(`No longer offered, to make room: ${dropped.join(', ')}.`)]),
    ...pending.map((one) => text(roleLine(one, look.glyph))),
    ...files.map((file) => text(`wrote ${path(file)}`)),
    ...(locked.length === 0 ? [] : [text(`The passphrase does not open ${locked.join(', ')}: those did not sign.`)]),
    text(nextOf(pending, way)),
  ]
}

function roleLine(
  { role, version, signedBy, missing, needs }: PendingRole,
  glyph: { readonly ok: string; readonly busy: string },
): string {
  const by = signedBy.length === 0 ? 'signed by nobody yet' : `signed by ${signedBy.join(', ')}`
  const lacks = needs === 0 ? '' : `, needs ${needs} more: ${missing.join(' or ')}`
  return `${needs === 0 ? glyph.ok : glyph.busy} ${role}.json version ${version}, ${by}${lacks}`
}

/** A file that goes around: on its way out, or on the machine with the keys, where nothing is published. */
export interface SignWay {
  readonly file: string
  readonly at: 'home' | 'keys'
}

function nextOf(pending: readonly PendingRole[], way: SignWay | null): string {
  if (pending.length === 0) return 'Nothing waits to be published.'
  const isSigned = pending.every(({ needs }) => needs === 0)
  if (way?.at === 'keys') {
    const back = `back, and there belay release sign --import ${way.file}`
    return `Next: carry ${way.file} ${isSigned ? back : `to the keys that are missing, or ${back}`}`
  }
  if (way !== null && !isSigned) {
    return `Next: carry ${way.file} to the machine with the keys, there belay release sign ${way.file} --keys DIR; back here belay release sign --import ${way.file}`
  }
  if (isSigned) return 'Next: belay release publish'
  return 'Next: belay release sign where those keys are; or carry it there: belay release sign --export FILE, on that machine belay release sign FILE, back here belay release sign --import FILE'
}
