import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { componentNameSchema } from '../../../src/core/model/names.ts'
import { problemOf } from '../../../src/core/model/problem.ts'
import { allKinds } from '../../../src/main/kinds.ts'
import { wire } from '../../../src/main/wire.ts'
import type { Journal } from '../../../src/ports/journal.ts'
import type { RunReport } from '../../../src/ports/engine.ts'
import { parseConfigValue } from '../../../src/protocol/config/parse.ts'

/** agent.ts CONFIG STATE COMMAND KILL — the real engine with a journal that ends the process where the test says. */
const [configFile = '', stateDir = '', command = '', kill = 'never'] = process.argv.slice(2)
const app = componentNameSchema.parse('app')

let appends = 0

/** `before:7` dies instead of the 7th append, `after:7` when it is on disk, `stop:7` then stands still. */
function deadly(journal: Journal): Journal {
  const [when, at] = kill.split(':')
  return {
    ...journal,
    async append(run, ...entries) {
      appends++
      if (when === 'before' && appends === Number(at)) process.kill(process.pid, 'SIGKILL')
      const recorded = await journal.append(run, ...entries)
      if (when === 'after' && appends === Number(at)) process.kill(process.pid, 'SIGKILL')
      if (when === 'stop' && appends === Number(at)) process.kill(process.pid, 'SIGSTOP')
      return recorded
    },
  }
}

const settings = parseConfigValue(JSON.parse(await readFile(configFile, 'utf8')), process.cwd(), await allKinds())
const engine = await wire({ settings, stateDir, env: process.env, wrapJournal: deadly })
const say = (report: RunReport): void => {
  process.stdout.write(`REPORT ${JSON.stringify(report)}\n`)
}

try {
  await perform()
} catch (error) {
  process.stdout.write(`PROBLEM ${JSON.stringify(problemOf(error))}\n`)
  process.exitCode = 1
}
engine.close()
process.stdout.write(`APPENDS ${appends}\n`)

async function perform(): Promise<void> {
  const [verb, to] = command.split(' ')
  const version = to === undefined ? {} : { to }
  switch (verb) {
    case 'update':
      return say(await engine.update(app, version))
    case 'rollback':
      return say(await engine.rollback(app, { ...version, data: 'restore' }))
    case 'rollback-keep':
      return say(await engine.rollback(app, { ...version, data: 'keep' }))
    case 'rollback-any':
      return say(await engine.rollback(app, version))
    case 'adopt':
      return say(await engine.adopt(app, {}))
    case 'forget':
      return say(await engine.forget(app, {}))
    case 'resume':
      for (const report of (await engine.resume({ boot: false })).runs) say(report)
      return
    case 'retire':
      while ((await engine.retire({})).length > 0) await setTimeout(100)
      return
    case 'status':
      process.stdout.write(`STATUS ${JSON.stringify(await engine.status([app]))}\n`)
      return
    default:
      throw new Error(`no command ${command}`)
  }
}
