import { unitCommandLine, unitEnvironment } from '../../host/unit-quote.ts'
import type { ResumeCommand } from '../../ports/service.ts'

export const resumeUnit = 'belay-resume.service'
export const dropInName = '50-belay-resume.conf'

/**
 * Ended runs with code 3 (the old version is back) are a success: the services behind it may start. With any other
 * code they may not: their tree is not known to be whole.
 */
export function resumeUnitText(resume: ResumeCommand, wantedBy: string): string {
  const environment = Object.entries(resume.environment).map(([name, value]) => unitEnvironment(name, value))
  return [
    '# Written by belay. It is removed with the last service that belay manages.',
    '[Unit]',
    'Description=Belay: finish or undo updates that a crash or a power cut left behind',
    '',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    'SuccessExitStatus=3',
    ...environment,
    `ExecStart=${unitCommandLine(resume.argv)}`,
    '',
    '[Install]',
    `WantedBy=${wantedBy}`,
    '',
  ].join('\n')
}

/** `Requires` keeps a service down while its tree is in doubt; a whole user manager only waits (`Wants`). */
export function dropInText(bond: 'Requires' | 'Wants'): string {
  return [
    '# Written by belay, so that nothing starts on a half-switched tree after a power cut.',
    '[Unit]',
    `After=${resumeUnit}`,
    `${bond}=${resumeUnit}`,
    '',
  ].join('\n')
}
