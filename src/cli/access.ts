import type { Context } from './context.ts'
import type { ExitCode } from './exit-code.ts'
import type { AccessTools } from './ports.ts'

export async function withAccess(
  { ports, options }: Context,
  use: (tools: AccessTools) => Promise<ExitCode>,
): Promise<ExitCode> {
  const tools = await ports.access(options)
  try {
    return await use(tools)
  } finally {
    tools.close()
  }
}
