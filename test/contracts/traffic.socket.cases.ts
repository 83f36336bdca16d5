import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { type Slot, slots } from '../../src/core/traffic/slots.ts'
import { type TrafficSubject, trafficContract } from './traffic.contract.ts'
import { abilities, front, never, serviceOf, services, start, systemctl, unitsDir } from './traffic.socket.world.ts'
import { get } from './traffic.stage.ts'

interface Case {
  readonly name: string
  readonly check: (subject: TrafficSubject) => Promise<void>
}

async function isActive(unit: string): Promise<boolean> {
  return (await systemctl('show', '--property=ActiveState', '--value', unit)) === 'active'
}

/** Changes a unit for as long as `work` takes. */
async function changed(unit: string, text: string, work: () => Promise<void>): Promise<void> {
  const folder = `${unitsDir}/${unit}.d`
  await mkdir(folder, { recursive: true })
  await writeFile(`${folder}/zz-test.conf`, text)
  await systemctl('daemon-reload')
  try {
    await work()
  } finally {
    await rm(`${folder}/zz-test.conf`)
    await systemctl('daemon-reload')
  }
}

const faults: readonly (readonly [unit: string, text: string, said: RegExp])[] = [
  ['crm@.service', '[Service]\nKillMode=process\n', /KillMode=mixed/],
  ['crm@.service', '[Service]\nKillSignal=SIGKILL\n', /KillSignal=SIGTERM/],
  ['crm@.service', '[Service]\nType=exec\n', /Type=notify/],
  ['crm@.service', '[Service]\nTimeoutStopSec=90\n', /TimeoutStopSec=600/],
  ['crm@.service', '[Unit]\nStartLimitIntervalSec=10\n', /StartLimitIntervalSec=0/],
  ['crm.socket', '[Socket]\nService=crm@blue.service\n', /Service=crm-queue\.service/],
  ['crm-queue.service', '[Service]\nRemainAfterExit=no\n', /RemainAfterExit=yes/],
]

const units: readonly Case[] = [
  {
    name: 'when one slot is stopped then the socket stays open, and the other slot is served',
    check: async () => {
      await start('green')
      await serviceOf('blue').stop(never)
      assert.equal((await serviceOf('blue').inspect()).running, false)
      assert.ok(await isActive('crm.socket'))
      assert.deepEqual(await get(`${front}/`), { status: 200, slot: 'green' })
      await serviceOf('blue').start(never)
      assert.equal((await serviceOf('green').inspect()).running, true)
    },
  },
  {
    name: 'when a socket is of one unit alone then it closes before that unit stops',
    check: async () => {
      await writeFile(`${unitsDir}/solo.socket`, '[Socket]\nListenStream=127.0.0.1:8099\n')
      await writeFile(`${unitsDir}/solo.service`, '[Service]\nExecStart=/bin/sleep 1000\n')
      await systemctl('daemon-reload')
      await systemctl('start', 'solo.socket', 'solo.service')
      const spec = { type: 'systemd' as const, unit: 'solo' }
      const solo = services.open(services.config.parse(spec), { component: 'solo', spec, cwd: '/', user: null })
      await solo.stop(never)
      assert.equal(await isActive('solo.socket'), false)
      await solo.terminate?.(never)
    },
  },
  {
    name: 'when a slot is told to end, and told again, then it finishes, runs until then, and is not started again',
    check: async ({ traffic }) => {
      const blue = serviceOf('blue')
      // As long as systemctl may take that tells it, twice, and looks at it.
      const slow = get(`${front}/slow?ms=6000`)
      while ((await traffic.open('blue', never)) === 0) await new Promise((resolve) => setTimeout(resolve, 10))
      await blue.terminate?.(never)
      await blue.terminate?.(never)
      assert.deepEqual(await blue.inspect().then(({ running, state }) => ({ running, state })), {
        running: true,
        state: 'deactivating (stop-sigterm)',
      })
      assert.deepEqual(await slow, { status: 200, slot: 'blue' })
      while ((await blue.inspect()).running) await new Promise((resolve) => setTimeout(resolve, 20))
      assert.equal((await blue.inspect()).state, 'inactive')
      assert.equal(await blue.patienceMs?.(), 600_000)
    },
  },
  {
    name: 'when a slot is to start at boot then systemd is told so on disk, and nothing is said of the other',
    check: async () => {
      const of = async (slot: Slot) => serviceOf(slot).boots?.()
      assert.deepEqual(await Promise.all(slots.map(of)), [true, false])
      await serviceOf('green').setBoot?.(true, never)
      await serviceOf('green').setBoot?.(true, never)
      await serviceOf('blue').setBoot?.(false, never)
      assert.deepEqual(await Promise.all(slots.map(of)), [false, true])
      assert.ok(existsSync(`${unitsDir}/multi-user.target.wants/crm@green.service`))
      assert.ok(!existsSync(`${unitsDir}/multi-user.target.wants/crm@blue.service`))
    },
  },
  {
    name: 'when a slot is guarded then it waits for what resumes runs, and the other slot does not',
    check: async () => {
      const config = services.config.parse(
        services.inSlot?.(services.config.parse({ type: 'systemd', unit: 'crm@' }), 'green', null),
      )
      await services.guard?.install(config, { argv: ['/bin/true'], environment: {} })
      const waits = async (slot: Slot) =>
        (await systemctl('show', '--property=Requires', '--value', `crm@${slot}`)).includes('belay-resume.service')
      try {
        assert.deepEqual(await Promise.all(slots.map(waits)), [false, true])
        await start('green')
        assert.ok((await serviceOf('green').inspect()).running)
      } finally {
        await services.guard?.remove(config)
      }
      assert.equal(await waits('green'), false)
    },
  },
  {
    name: 'when a version keeps dying then the other is served on, and the socket stays open',
    check: async ({ complaints }) => {
      await changed(
        'crm@green.service',
        '[Service]\nExecStart=\nExecStart=/bin/false\nRestart=always\nRestartSec=10ms\n',
        async () => {
          await assert.rejects(serviceOf('green').start(never))
          while (Number(await systemctl('show', '--property=NRestarts', '--value', 'crm@green')) < 8) {
            assert.deepEqual(await get(`${front}/`), { status: 200, slot: 'blue' })
          }
          await serviceOf('green').stop(never)
        },
      )
      assert.ok(await isActive('crm.socket'))
      assert.deepEqual(await complaints(), [])
    },
  },
  {
    name: 'when a unit is written in a way that would lose people then that alone is said, with the line to write',
    check: async ({ complaints }) => {
      for (const [unit, text, said] of faults) {
        await changed(unit, text, async () => {
          const found = await complaints()
          assert.equal(found.length, 1, `${text}: ${found.join('; ')}`)
          assert.match(found[0] ?? '', said)
        })
      }
      await systemctl('disable', 'crm.socket')
      assert.match((await complaints()).join('; '), /systemctl enable --now crm\.socket/)
    },
  },
]

export const socketCases: readonly Case[] = [...trafficContract(abilities), ...units]
