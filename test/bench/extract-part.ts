import { fileURLToPath } from 'node:url'
import { run } from './lab.ts'
import type { Section } from './section.ts'

/** `extract.ts` by itself: unpacking alone against tar. Nothing is asked of it; it tells where an update's time goes. */
export async function extractPart(): Promise<Section> {
  const { stdout } = await run(process.execPath, [fileURLToPath(import.meta.resolve('./extract.ts'))])
  return {
    part: 'extract',
    title: 'Unpacking alone',
    about:
      "Belay's unpacking, with its checks of every name and size, against `tar -xf` of the same archive: 10,000 files, medians of pairs in turn.",
    goals: [],
    more: stdout
      .trim()
      .split('\n')
      .map((line) => `- ${line}`),
  }
}
