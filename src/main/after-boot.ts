import { fail } from '../core/model/problem.ts'
import { run } from '../host/process/run.ts'

const scheduleTimeoutMs = 30_000

/**
 * Lets the rest of a resume follow once the services may start. `belay-resume.service` itself must not wait for them:
 * they wait for it. A transient unit of its own does, ordered after it.
 */
export async function resumeAfterBoot(argv: readonly [string, ...string[]]): Promise<void> {
  const scope = process.getuid?.() === 0 ? [] : ['--user']
  const result = await run({
    argv: [
      'systemd-run',
      ...scope,
      '--no-block',
      '--collect',
      '--unit=belay-resume-rest',
      '--description=Belay: finish updates now that services run',
      '--property=After=belay-resume.service',
      // 3: undone, 4: a person is needed. Both are the end of it.
      '--property=SuccessExitStatus=3 4',
      '--property=Restart=on-failure',
      '--property=RestartSec=1',
      '--',
      ...argv,
    ],
    cwd: '/',
    timeoutMs: scheduleTimeoutMs,
    signal: new AbortController().signal,
  })
  if (result.code === 0) return
  throw fail('E_COMMAND_FAILED', `The rest of the update could not be scheduled: ${result.stderr.trim()}`, {
    hint: 'Everything on disk is whole. Run "belay resume" once the services run.',
  })
}
