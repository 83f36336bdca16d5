import { z } from 'zod'

const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const sizeUnits: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}
const durationMsMax = 3650 * 86_400_000

function measure(text: string, units: Readonly<Record<string, number>>): number | null {
  const found = /^(\d{1,12})([A-Za-z]+)$/.exec(text.trim())
  const unit = found?.[2] ?? ''
  return found !== null && Object.hasOwn(units, unit) ? Number(found[1]) * (units[unit] ?? 1) : null
}

/** `500ms`, `90s`, `5m`, `24h`, `2d` in milliseconds; null when it is none of these, or longer than ten years. */
export function parseDuration(text: string): number | null {
  const ms = measure(text, durationUnits)
  return ms === null || ms > durationMsMax ? null : ms
}

const shownUnits = ['d', 'h', 'm', 's', 'ms'] as const

/** The duration as the config would write it, in the largest unit that fits: 7200000 is `2h`. */
export function durationText(ms: number): string {
  if (ms === 0) return '0s'
  const unit = shownUnits.find((each) => ms % (durationUnits[each] ?? 1) === 0) ?? 'ms'
  return `${ms / (durationUnits[unit] ?? 1)}${unit}`
}

/** `10MB`, `512KiB`, `100B` in bytes; null when it is none of these. */
export function parseSize(text: string): number | null {
  const bytes = measure(text, sizeUnits)
  return bytes === null || !Number.isSafeInteger(bytes) ? null : bytes
}

function measured(read: (text: string) => number | null, message: string) {
  return z.string({ error: message }).transform((text, context) => {
    const amount = read(text)
    if (amount !== null) return amount
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
}

/** Text in, milliseconds out. */
export const durationSchema = measured(parseDuration, 'a duration looks like 90s, 5m, 24h or 2d').meta({
  title: 'a duration',
})

/** Text in, bytes out. */
export const sizeSchema = measured(parseSize, 'a size looks like 500kB, 10MB or 1GiB').meta({ title: 'a size' })
