// `npm run bench`: what Belay costs beside doing the same without it. Prints, and writes docs/benchmarks.md.
import { resolve } from 'node:path'
import { guardRuntime } from '../../scripts/bootstrap/runtime.mjs'
import { agentPart } from './agent.ts'
import { composePart } from './compose.ts'
import { downtimePart } from './downtime.ts'
import { extractPart } from './extract-part.ts'
import { filesPart } from './files.ts'
import { memoryPart } from './memory.ts'
import { writePage } from './page.ts'
import { isMet, type Section, sectionLines } from './section.ts'
import { statusPart } from './status.ts'
import { trustPart } from './trust.ts'
import { updatePart } from './update.ts'

/** `quick`: one round where a part takes many minutes, to see whether it works. */
const parts: Readonly<Record<string, (quick: boolean) => Promise<Section>>> = {
  update: updatePart,
  compose: composePart,
  status: statusPart,
  memory: memoryPart,
  extract: extractPart,
  files: () => filesPart(),
  agent: agentPart,
  trust: trustPart,
  downtime: downtimePart,
}

/** 0: every goal was met; 1: one was missed; 2: no such part. */
async function main(words: readonly string[]): Promise<number> {
  guardRuntime()
  const quick = words.includes('--quick')
  const names = words.filter((word) => word !== '--quick')
  const unknown = names.filter((name) => !Object.hasOwn(parts, name))
  if (unknown.length > 0) {
    console.error(`bench: no part "${unknown.join('", "')}"; there are ${Object.keys(parts).join(', ')}`)
    return 2
  }
  const sections: Section[] = []
  for (const [name, measure] of Object.entries(parts)) {
    if (names.length > 0 && !names.includes(name)) continue
    console.error(`measuring: ${name} …`)
    const section = await measure(quick)
    console.log(`${sectionLines(section).join('\n')}\n`)
    sections.push(section)
  }
  // One round tells nothing that should be read later.
  if (!quick) await writePage(resolve(import.meta.dirname, '../../docs/benchmarks.md'), sections)
  return sections.every(({ goals }) => goals.every(isMet)) ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
