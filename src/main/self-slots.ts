import { realpathSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { type Problem, problem } from '../core/model/problem.ts'
import { inTree, slotOf } from '../host/self/slot.ts'
import type { SelfParts, SelfQuestion } from '../ports/self.ts'
import { programFile } from './program-file.ts'
import { identityOf, layoutProblem, selfParts, type SelfPlace } from './self-parts.ts'

/** Belay in slots, started by a unit. Null: nothing that the run does ends it. */
export async function slots(options: SelfPlace, asked: SelfQuestion): Promise<SelfParts | Problem | null> {
  const { installed, phases, run } = asked
  const slot = slotOf(programFile())
  if (asked.action === 'adopt' || asked.action === 'forget') return layoutProblem(asked, `"belay ${asked.action}"`)
  if (installed.state !== 'slots' || slot === null || installed.tree === null) return layoutProblem(asked, 'in place')
  const { service } = installed
  if (service === null) return null
  if (service.ref.spec.type !== 'systemd') return layoutProblem(asked, `service ${service.ref.spec.type}`)
  const scope = service.ref.spec['scope'] === 'user' ? 'user' : 'system'
  if (scope === 'system' && process.getuid?.() !== 0) return noRights(asked)
  const target = phases.stopped.find((step) => step.kind === 'link')
  if (target === undefined) return null
  const tree = realpathSync(installed.tree)
  const next = join(target.link, '..', target.to)
  const previous = { node: process.execPath, file: join(tree, slot.rest) }
  const candidate = { node: inTree(process.execPath, tree, next), file: join(next, slot.rest) }
  const unit = `belay-self-${run}`
  const identity = await identityOf(previous.file)
  return selfParts(options, asked, { previous, candidate, identity, where: 'a unit of its own' }, (argv) => ({
    kind: 'systemd',
    scope,
    unit,
    argv,
  }))
}

/** W8: said before anything is tried. */
function noRights({ settings, installed }: SelfQuestion): Problem {
  return problem(
    'E_PERMISSION',
    `${settings.name} is Belay itself, run by a unit of the system that ${userInfo().username} may not restart.`,
    {
      hint: 'Run belay as root, or its agent as a unit of this user: service: { type: systemd, unit: …, scope: user }.',
      facts: { tree: installed.tree },
    },
  )
}
