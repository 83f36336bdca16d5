import type { SlotParts } from '../../src/core/plan/compose-slots.ts'
import type { ServiceRef } from '../../src/core/plan/step.ts'
import type { Slot } from '../../src/core/traffic/slots.ts'

const serviceIn = (slot: Slot): ServiceRef => ({
  component: 'crm',
  spec: { type: 'systemd', unit: `crm@${slot}` },
  cwd: `/srv/crm/${slot}`,
  user: null,
})

/** Blue serves, green is empty, a proxy stands in front. */
export function slotParts(more: Partial<SlotParts> = {}): SlotParts {
  const spec = { type: 'haproxy', backend: 'crm' }
  const slots = { blue: { host: '127.0.0.1', port: 8001 }, green: { host: '127.0.0.1', port: 8002 } }
  return {
    traffic: { component: 'crm', spec, slots, services: { blue: serviceIn('blue'), green: serviceIn('green') } },
    settings: {
      spec,
      front: 'http://127.0.0.1:8080/',
      slots,
      ready: { path: '/health', timeoutMs: 60_000 },
      warmUp: [],
      identity: { header: 'x-version' },
      verify: { times: 5, timeoutMs: 30_000 },
      drain: { requestsMs: 30_000, streamsMs: 600_000 },
      warmMs: 0,
      twice: true,
      expands: true,
      gradual: null,
    },
    way: 'routes',
    weights: false,
    holds: false,
    from: 'blue',
    to: 'green',
    warm: false,
    occupied: false,
    boots: false,
    fill: [],
    settled: [],
    names: { blue: 'systemd crm@blue', green: 'systemd crm@green', proxy: 'haproxy crm' },
    expectedVersion: '1.1.0',
    ...more,
  }
}
