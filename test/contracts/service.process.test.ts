import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ServiceRef } from '../../src/core/plan/step.ts'
import { systemClock } from '../../src/host/clock.ts'
import { processInfo } from '../../src/host/process/find.ts'
import { processServices } from '../../src/services/process/index.ts'
import { type ServiceSubject, serviceContract } from './service.contract.ts'

const never = new AbortController().signal

async function subject(): Promise<ServiceSubject> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-service-'))
  const open = (component: string, code: string) => {
    const kind = processServices({ stateDir: join(dir, 'state'), clock: systemClock() })
    const spec = { type: 'process' as const, command: [process.execPath, '-e', code] }
    const ref: ServiceRef = { component, spec, cwd: dir, user: null }
    return kind.open(kind.config.parse(spec), ref)
  }
  const good = () => open('good', 'console.log("ready");setInterval(()=>{},1000)')
  const service = good()
  return {
    service,
    again: good,
    broken: open('broken', 'console.error("broken on purpose");process.exitCode=7'),
    crash: async () => {
      const { pid } = await service.inspect()
      process.kill(pid ?? -1, 'SIGKILL')
      await expect.poll(() => processInfo(pid ?? -1)).toBeNull()
    },
    dispose: async () => {
      await service.stop(never)
      await rm(dir, { recursive: true, force: true })
    },
  }
}

for (const { name, check } of serviceContract) {
  test(`process: ${name}`, async () => {
    const made = await subject()
    try {
      await check(made)
    } finally {
      await made.dispose()
    }
  })
}
