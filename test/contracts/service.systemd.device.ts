// Runs the contract of services against the real systemd of the device it is started in, as root, with Node alone:
//   node test/contracts/service.systemd.device.ts
// Writes one JSON line per case, {name, error}, and ends with code 1 when one failed.
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { processInfo } from '../../src/host/process/find.ts'
import { systemdServices } from '../../src/services/systemd/index.ts'
import { type ServiceSubject, serviceContract } from './service.contract.ts'

const unitsDir = '/run/systemd/system'
const never = new AbortController().signal

async function systemctl(...args: string[]): Promise<void> {
  await once(spawn('systemctl', args, { stdio: 'ignore' }), 'exit')
}

async function define(unit: string, script: string): Promise<void> {
  await mkdir(unitsDir, { recursive: true })
  const text = `[Unit]\nStartLimitBurst=3\n[Service]\nType=exec\nWorkingDirectory=/tmp\nExecStart=/bin/sh -c '${script}'\n`
  await writeFile(`${unitsDir}/${unit}`, text)
}

function open(unit: string) {
  const kind = systemdServices()
  const spec = { type: 'systemd' as const, unit }
  return kind.open(kind.config.parse(spec), { component: 'contract', spec, cwd: '/', user: null })
}

async function subject(n: number): Promise<ServiceSubject> {
  const [good, broken] = [`belay-good${n}.service`, `belay-broken${n}.service`]
  await define(good, 'echo ready; exec sleep 1000')
  await define(broken, 'echo broken on purpose >&2; exit 7')
  await systemctl('daemon-reload')
  const service = open(good)
  return {
    service,
    broken: open(broken),
    again: () => open(good),
    crash: async () => {
      const { pid } = await service.inspect()
      process.kill(pid ?? -1, 'SIGKILL')
      while (processInfo(pid ?? -1) !== null) await new Promise((resolve) => setTimeout(resolve, 5))
    },
    dispose: async () => {
      await service.stop(never)
      await systemctl('reset-failed', broken)
      for (const unit of [good, broken]) await rm(`${unitsDir}/${unit}`)
      await systemctl('daemon-reload')
    },
  }
}

for (const [n, { name, check }] of serviceContract.entries()) {
  const made = await subject(n)
  const error = await check(made).then(
    () => null,
    (thrown: unknown) => String(thrown instanceof Error ? thrown.stack : thrown),
  )
  await made.dispose()
  process.stdout.write(`${JSON.stringify({ name, error })}\n`)
  if (error !== null) process.exitCode = 1
}
