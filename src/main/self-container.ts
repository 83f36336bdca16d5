import type { Problem } from '../core/model/problem.ts'
import { openEngine } from '../host/containers/open.ts'
import { ownContainerId } from '../host/self/own-container.ts'
import { realpathSync } from 'node:fs'
import type { SelfParts, SelfQuestion } from '../ports/self.ts'
import { programFile } from './program-file.ts'
import { identityOf, layoutProblem, selfParts, type SelfPlace } from './self-parts.ts'

const timeoutMs = 30_000

/** Belay in a container of the very service that the component is. Null: it is another one, or Belay runs in none. */
export async function container(options: SelfPlace, asked: SelfQuestion): Promise<SelfParts | Problem | null> {
  const { installed, run } = asked
  const { engine: host, project } = installed.facts
  const own = await ownContainerId()
  if (own === null || typeof host !== 'string' || typeof project !== 'string') return null
  const signal = AbortSignal.timeout(timeoutMs)
  const engine = await openEngine({ host, signal })
  const found = await Promise.all(services(asked).map((service) => engine.containers(project, service, signal)))
  const self = found.flat().find(({ id }) => id === own)
  if (self === undefined) return null
  if (asked.action === 'adopt' || asked.action === 'forget') return layoutProblem(asked, `"belay ${asked.action}"`)
  const program = { node: process.execPath, file: realpathSync(programFile()) }
  const name = `belay-self-${run}`
  const moved = { previous: program, candidate: program, identity: await identityOf(program.file) }
  return {
    ...selfParts(options, asked, { ...moved, where: 'a container of its own' }, (argv) => ({
      kind: 'container',
      engine: host,
      name,
      image: self.imageId,
      argv,
    })),
  }
}

function services({ settings: { strategy } }: SelfQuestion): readonly string[] {
  const { service } = strategy
  const all: readonly unknown[] = Array.isArray(service) ? service : [service]
  return all.filter((each) => typeof each === 'string')
}
