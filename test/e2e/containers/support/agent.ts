import { readFile } from 'node:fs/promises'
import { componentNameSchema } from '../../../../src/core/model/names.ts'
import { problemOf } from '../../../../src/core/model/problem.ts'
import { allKinds } from '../../../../src/main/kinds.ts'
import { wire } from '../../../../src/main/wire.ts'
import type { Plan } from '../../../../src/core/plan/plan.ts'
import type { Journal } from '../../../../src/ports/journal.ts'
import { parseConfigValue } from '../../../../src/protocol/config/parse.ts'

/** agent.ts CONFIG STATE NAME COMMAND KILL — the real engine with a journal that ends the process where the test says. */
const [configFile = '', stateDir = '', name = '', command = '', kill = 'never'] = process.argv.slice(2)
const component = componentNameSchema.parse(name)
const [when, at] = kill.split(':')
let appends = 0
let plan: Plan | null = null

/**
 * `before:7` dies instead of the 7th append, `after:7` when it is on disk. `hold:start` says HELD once it is on disk that a
 * step of that kind is about to be done, and waits for a line.
 */
function deadly(journal: Journal): Journal {
  return {
    ...journal,
    async append(run, ...entries) {
      appends++
      if (when === 'before' && appends === Number(at)) process.kill(process.pid, 'SIGKILL')
      const recorded = await journal.append(run, ...entries)
      if (when === 'after' && appends === Number(at)) process.kill(process.pid, 'SIGKILL')
      for (const entry of entries) {
        if (entry.t === 'opened') plan = entry.plan
        if (when === 'hold' && entry.t === 'intent' && plan?.steps[entry.step]?.kind === at) await held()
      }
      return recorded
    },
  }
}

function held(): Promise<void> {
  process.stdout.write('HELD\n')
  return new Promise((resolve) => process.stdin.once('data', () => resolve()))
}

const settings = parseConfigValue(JSON.parse(await readFile(configFile, 'utf8')), process.cwd(), await allKinds())
const engine = await wire({ settings, stateDir, env: process.env, wrapJournal: deadly })
try {
  const [verb, to = ''] = command.split(' ')
  const report =
    verb === 'rollback' ? await engine.rollback(component, { data: 'keep' }) : await engine.update(component, { to })
  process.stdout.write(`REPORT ${JSON.stringify(report)}\n`)
} catch (error) {
  process.stdout.write(`PROBLEM ${JSON.stringify(problemOf(error))}\n`)
  process.exitCode = 1
}
engine.close()
process.stdin.destroy()
process.stdout.write(`APPENDS ${appends}\n`)
