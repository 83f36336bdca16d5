import { failed, otherService, passed } from '../../host/check-result.ts'
import type { Check, CheckContext, CheckResult } from '../../ports/check.ts'
import { type ServiceRunningConfig, serviceRunningSchema } from './schema.ts'

async function run(config: ServiceRunningConfig, { step, service }: CheckContext): Promise<CheckResult> {
  if (service === null) {
    return failed(
      'the component has no service that could run',
      'Name its service under "strategy", or remove this check.',
    )
  }
  const other = otherService(step, config.service_name)
  if (other !== null) return other
  const { found, running, state, pid } = await service.inspect()
  const facts = { state, pid, found }
  if (running) return passed(facts)
  return failed(
    `the service is not running (${state})`,
    'Start it, or find out why it does not run, before updating.',
    facts,
  )
}

/** The service runs now. Asked once: before an update there is nothing to wait for. */
export function serviceRunningCheck(): Check<ServiceRunningConfig> {
  return {
    kind: 'service_running',
    config: serviceRunningSchema,
    describe: () => 'the service is running',
    timeoutMs: () => 0,
    run,
  }
}
