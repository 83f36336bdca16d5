// needs: caddy
import { join } from 'node:path'
import { test } from 'vitest'
import { systemClock } from '../../src/host/clock.ts'
import { commandTraffic } from '../../src/traffic/command/index.ts'
import { commandTrafficSchema } from '../../src/traffic/command/schema.ts'
import { refOf, startCaddy } from './traffic.caddy.world.ts'
import { trafficContract, type TrafficSubject } from './traffic.contract.ts'

/** Somebody's own programs, here for a Caddy: `ADMIN FILE switch green`. */
const script = join(import.meta.dirname, 'traffic.command.steer.ts')
const kind = commandTraffic(systemClock())
const never = new AbortController().signal
const configFor = (admin: string, file: string, changed: object = {}) => {
  const of = (...args: readonly string[]) => [process.execPath, script, admin, file, ...args]
  const open = of('open', '127.0.0.1:{port}')
  return { type: 'command', switch: of('switch', '{slot}'), active: of('active'), open, timeout: '5s', ...changed }
}

async function make(): Promise<TrafficSubject> {
  const world = await startCaddy()
  const { application, admin, file } = world
  const opened = (changed: object) => {
    const spec = configFor(admin, file, changed)
    const config = commandTrafficSchema.parse(spec)
    const ref = refOf({ type: 'command' }, application.slots)
    return {
      traffic: kind.open(config, ref),
      complaints: async () => kind.complaints?.(config, ref, never) ?? [],
      abilities: kind.abilities(config),
    }
  }
  return {
    ...opened({}),
    ...world,
    lacking: [
      {
        what: 'a slot',
        ...opened({ active: [process.execPath, '-p', '"mauve"'] }),
        says: [/"mauve"/, /blue or green/],
      },
      {
        what: 'a program',
        ...opened({ active: ['/no/such/program'] }),
        says: [/no\/such\/program/, /traffic\.active/],
      },
    ],
  }
}

for (const { name, check } of trafficContract(kind.abilities(commandTrafficSchema.parse(configFor('', ''))))) {
  test(`command: ${name}`, { timeout: 300_000 }, async () => {
    const subject = await make()
    try {
      await check(subject)
    } finally {
      await subject.dispose()
    }
  })
}
