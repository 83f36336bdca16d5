import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { agentText } from '../render/agent.ts'

/** Until it is asked to stop. Its lines are its output; with --json a document each. */
export async function agent(context: Context): Promise<ExitCode> {
  const { io, json, options } = context
  const journal = (io.env['JOURNAL_STREAM'] ?? '') !== ''
  const ended = await context.ports.agent(options, (line) => {
    const time = new Date(io.now()).toISOString()
    io.stdout.write(json ? `${JSON.stringify({ time, ...line })}\n` : agentText(line, journal ? null : time))
  })
  return ended === 'left' ? 4 : 0
}
