import type { PlanManifest } from '../../core/manifest/facts.ts'
import type { Look } from '../terminal/look.ts'
import { fit, pad, width, wrap } from '../terminal/width.ts'

const columnsMax = 44

/** What the publisher's manifest asks, each beside what of the plan does it, or all the reasons why it does not count. */
export function manifestLines(manifest: PlanManifest, look: Look): string[] {
  const { verdict, name, steps, rollback, before, after, reasons } = manifest
  // A single one is told by the plan's note.
  if (verdict === 'refused' && reasons.length > 1) {
    return [
      `  manifest: refused, for ${reasons.length} reasons`,
      ...reasons.flatMap((each) => wrap(look.text(each), look.columns, '     ')),
    ]
  }
  if (verdict !== 'accepted' || name === null) return []
  const checks = [...before, ...after].map(({ type }) => type)
  const more = [
    checks.length === 0 ? null : `checks ${[...new Set(checks)].join(', ')}`,
    rollback.length === 0 ? null : `way back ${rollback.map(({ action }) => action).join(', ')}`,
  ].filter((text) => text !== null)
  const title = [`manifest: ${name} says the same as this plan`, ...more].join(` ${look.glyph.dot} `)
  return [...wrap(look.text(title), look.columns, '  '), ...stepLines(steps, look)]
}

function stepLines(steps: PlanManifest['steps'], look: Look): string[] {
  const asked = steps.map(({ action, detail }) => look.text(`${action} ${detail}`.trim()))
  const columns = Math.min(columnsMax, Math.max(0, ...asked.map(width))) + 2
  return steps.map(({ done }, index) => {
    const left = pad(fit(asked[index] ?? '', columns - 2, look.glyph.ellipsis), columns)
    const line = `     ${left}${look.glyph.arrow} ${look.text(done)}`
    return look.columns === null ? line : fit(line, look.columns, look.glyph.ellipsis)
  })
}
