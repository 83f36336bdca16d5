import type { AgentLine } from '../../ports/agent.ts'

/** Of syslog. */
const priorities: Readonly<Record<AgentLine['level'], number>> = { debug: 7, info: 6, warn: 4, error: 3 }

/**
 * One line of the agent's log. `time`: ISO 8601; null: the journal keeps its own, and takes the level from `<6>`. What
 * sources and programs say cannot begin a line of its own.
 */
export function agentText({ level, component, run, text }: AgentLine, time: string | null): string {
  const who = [component, run].filter((word) => word !== null).join(' ')
  const said = `${who === '' ? '' : `${who}: `}${text}`.replaceAll(/\p{Cc}+/gu, ' ')
  return time === null ? `<${priorities[level]}>${said}\n` : `${time} ${level} ${said}\n`
}
