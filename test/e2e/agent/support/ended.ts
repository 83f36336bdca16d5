import { expect } from 'vitest'
import { until } from './agent.ts'

type Json = Readonly<Record<string, unknown>>

/** What the old addresses wait for the end of a run, less what two clocks may differ. */
const waitedMs = 44_000

/**
 * Begins a run at an address of the seeds. `atEnd` looks at what it says when the run is over. It may also say that it takes
 * longer, once it has waited as long as it may: a run waits sixty times for the disk, and one on which others write gigabytes
 * takes a second each time. When this resolves the run is over in either case.
 */
export async function ended(
  at: string,
  headers: Readonly<Record<string, string>>,
  begin: () => Promise<Json>,
  atEnd: (said: Json) => void,
): Promise<void> {
  const begun = performance.now()
  const said = await begin()
  const { message, run } = said
  if (typeof message !== 'string' || !message.startsWith('It takes longer')) return atEnd(said)
  expect(performance.now() - begun).toBeGreaterThan(waitedMs)
  await until(async () => {
    const answer = await fetch(`${at}/api/v1/runs/${String(run)}`, { headers })
    return ((await answer.json()) as { closed: string | null }).closed !== null
  })
}
