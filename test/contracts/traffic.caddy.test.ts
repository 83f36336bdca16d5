// needs: caddy
import { test } from 'vitest'
import { caddyTraffic } from '../../src/traffic/caddy/index.ts'
import { caddySchema } from '../../src/traffic/caddy/schema.ts'
import { type CaddyWorld, refOf, startCaddy } from './traffic.caddy.world.ts'
import { trafficContract, type TrafficSubject } from './traffic.contract.ts'

const kind = caddyTraffic()
const never = new AbortController().signal

function opened({ admin, file, application: { slots } }: Pick<CaddyWorld, 'admin' | 'file' | 'application'>) {
  const ports = { blue: slots.blue.port, green: slots.green.port }
  const spec = { type: 'caddy', admin, file, slots: ports }
  const config = caddySchema.parse(spec)
  const ref = refOf(spec, slots)
  return {
    traffic: kind.open(config, ref),
    complaints: async () => kind.complaints?.(config, ref, never) ?? [],
    abilities: kind.abilities(config),
  }
}

async function make(): Promise<TrafficSubject> {
  const world = await startCaddy()
  const { application } = world
  const { blue } = application.slots
  const otherwise = (changed: Partial<typeof application.slots>) =>
    opened({ ...world, application: { ...application, slots: { ...application.slots, ...changed } } })
  const elsewhere = `${world.file}-other`
  return {
    ...opened(world),
    ...world,
    lacking: [
      { what: 'the file', ...opened({ ...world, file: elsewhere }), says: [/crm-other/, /try_files crm-other/] },
      { what: 'green', ...otherwise({ green: { ...blue, port: 1 } }), says: [/green at 127\.0\.0\.1:1\b/] },
      { what: 'blue', ...otherwise({ blue: { ...blue, port: 1 } }), says: [/blue at 127\.0\.0\.1:1\b/] },
    ],
  }
}

for (const { name, check } of trafficContract(kind.abilities(caddySchema.parse(sample())))) {
  test(`caddy: ${name}`, async () => {
    const subject = await make()
    try {
      await check(subject)
    } finally {
      await subject.dispose()
    }
  })
}

function sample() {
  return { type: 'caddy', file: '/srv/crm.green', slots: { blue: 8001, green: 8002 } }
}
