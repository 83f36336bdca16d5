// Runs the contract of traffic against the built-in forwarder and the systemd of the device it is started in, as root, with Node
// alone:
//   node test/contracts/traffic.builtin.device.ts
// Writes one JSON line per case, {name, error}, and ends with code 1 when one failed.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { removeForward } from '../../src/traffic/builtin/forwards.ts'
import { type BuiltinSubject, builtinAbilities, builtinSubject } from './traffic.builtin.world.ts'
import { trafficContract } from './traffic.contract.ts'
import { get } from './traffic.stage.ts'

const ofSystemd: ReturnType<typeof trafficContract> = [
  {
    name: 'when it is killed then nobody is refused who comes anew, and it is back within two seconds',
    check: async (subject) => {
      const builtin = subject as BuiltinSubject
      const again = builtin.kill()
      const asked = Array.from({ length: 20 }, () => get(`${subject.front}/`))
      const firstMs = await again
      for (const { status } of await Promise.all(asked)) assert.equal(status, 200)
      assert.ok(Math.min(firstMs, await builtin.killQuickest()) < 2000)
    },
  },
  {
    name: 'when it is removed then no unit and no port is left',
    check: async (subject) => {
      const units = ['service', 'socket'].map((kind) => `/etc/systemd/system/belay-forward-app.${kind}`)
      assert.ok(units.every((unit) => existsSync(unit)))
      await removeForward((subject as BuiltinSubject).options, 'app')
      assert.ok(!units.some((unit) => existsSync(unit)))
      await assert.rejects(get(`${subject.front}/`), /ECONNREFUSED/)
    },
  },
]

for (const { name, check } of [...trafficContract(builtinAbilities), ...ofSystemd]) {
  const subject = await builtinSubject()
  const error = await check(subject).then(
    () => null,
    (thrown: unknown) => String(thrown instanceof Error ? thrown.stack : thrown),
  )
  await subject.dispose()
  process.stdout.write(`${JSON.stringify({ name, error })}\n`)
  if (error !== null) process.exitCode = 1
}
