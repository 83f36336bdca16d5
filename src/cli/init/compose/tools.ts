import type { Advice, Schedule, ToolNotes } from './advice.ts'
import { assumedDiun, diunAdvice, diunNotes, diunOf, hasDiunLabels } from './diun.ts'
import type { ComposeService } from './read.ts'
import { hasWatchtowerLabels, watchtowerAdvice } from './watchtower.ts'
import { assumedWatchtower, watchtowerNotes, watchtowerOf } from './watchtower-settings.ts'
import {
  assumedWhatsUpDocker,
  hasWhatsUpDockerLabels,
  whatsUpDockerAdvice,
  whatsUpDockerNotes,
  whatsUpDockerOf,
} from './whats-up-docker.ts'

/** The tools that looked after these services until now. */
export interface Tools {
  /** Their own services. */
  readonly services: ReadonlySet<ComposeService>
  readonly notes: readonly ToolNotes[]
  readonly schedule: Schedule | null
  adviceFor(service: ComposeService): readonly Advice[]
}

export function isTool(service: ComposeService): boolean {
  return [watchtowerOf, whatsUpDockerOf, diunOf].some((read) => read(service) !== null)
}

/** A tool whose labels are there and which is not runs with its own defaults, elsewhere. */
export function readTools(services: readonly ComposeService[]): Tools {
  const towers = services.flatMap((service) => watchtowerOf(service) ?? [])
  const wuds = services.flatMap((service) => whatsUpDockerOf(service) ?? [])
  const diuns = services.flatMap((service) => diunOf(service) ?? [])
  const own = services.filter(isTool)
  const others = services.filter((each) => !own.includes(each))
  const inCharge = towers.length > 0 ? towers : others.some(hasWatchtowerLabels) ? [assumedWatchtower] : []
  const wud = wuds[0] ?? (others.some(hasWhatsUpDockerLabels) ? assumedWhatsUpDocker : null)
  const diun = diuns[0] ?? (others.some(hasDiunLabels) ? assumedDiun : null)
  const adviceFor = (service: ComposeService): readonly Advice[] =>
    [
      watchtowerAdvice(service, inCharge),
      wud === null ? null : whatsUpDockerAdvice(service, wud),
      diun === null ? null : diunAdvice(service, diun),
    ].flatMap((each) => each ?? [])
  return {
    services: new Set(own),
    notes: [
      ...inCharge.map((each) => elsewhere(watchtowerNotes(each))),
      ...(wud === null ? [] : [elsewhere(whatsUpDockerNotes(wud))]),
      ...(diun === null ? [] : [elsewhere(diunNotes(diun))]),
    ],
    schedule: scheduleOf(others.map(adviceFor)),
    adviceFor,
  }
}

function elsewhere(notes: ToolNotes): ToolNotes {
  if (notes.service !== '') return notes
  const hint = `its labels are here and its own service is not, so its defaults are assumed: name its file with another --from`
  return { ...notes, notes: [hint, ...notes.notes] }
}

/** That of who installs comes before that of who only tells. */
function scheduleOf(advices: readonly (readonly Advice[])[]): Schedule | null {
  const all = advices.flat().filter((each) => each.leaves === null && each.schedule !== null)
  return (all.find((each) => each.auto.value !== 'none') ?? all[0])?.schedule ?? null
}
