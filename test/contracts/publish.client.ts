import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Answer, Cycle } from '../../src/core/trust/tuf/cycle.ts'
import type { TrustMemory } from '../../src/core/trust/tuf/memory.ts'
import { listOffers } from '../../src/core/trust/tuf/poll.ts'
import type { Workshop } from './publish.world.ts'

/** A host that remembers: the real workflow over a repository's folder, with its store in memory. */
export async function client({ dir, clock }: Workshop, repo = join(dir, 'repo')) {
  const pinned = readFileSync(join(repo, 'metadata/1.root.json'))
  const stored = new Map<string, Uint8Array>()
  let memory: TrustMemory | null = null
  const drive = <T>(cycle: Cycle<T>): T => {
    for (let step = cycle.next(); ; ) {
      if (step.done === true) return step.value
      let answer: Answer = []
      const ask = step.value
      if (ask.do === 'fetch') {
        const path = join(repo, 'metadata', ask.file)
        answer = existsSync(path) ? [readFileSync(path)] : []
      } else if (ask.do === 'recall') answer = [stored.get(ask.role)].filter((bytes) => bytes !== undefined)
      else memory = ask.memory
      if (ask.do === 'keep') stored.set(ask.role, ask.bytes)
      step = cycle.next(answer)
    }
  }
  return {
    /** Of the channel stable, each with all of its files there; oldest first. */
    versions: async (): Promise<readonly string[]> => {
      const start = { pinned, memory, systemMs: clock.now, builtMs: 0 }
      const { offers } = drive(listOffers(start, { product: 'app', channel: 'stable' }, 'linux-x64'))
      for (const { target, sha256, name } of offers.flatMap(({ files }) => files)) {
        const folder = target.path.slice(0, -name.length)
        if (!existsSync(join(repo, 'targets', `${folder}${sha256}.${name}`)))
          throw new Error(`${target.path} is missing`)
      }
      return offers.toSorted((a, b) => a.seq - b.seq).map(({ version }) => version)
    },
  }
}
