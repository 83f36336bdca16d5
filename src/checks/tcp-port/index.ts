import { failedBy, passed } from '../../host/check-result.ts'
import { connectTo } from '../../host/connect.ts'
import type { Check } from '../../ports/check.ts'
import { type TcpPortConfig, tcpPortSchema } from './schema.ts'

/** Something accepts connections there. */
export function tcpPortCheck(): Check<TcpPortConfig> {
  return {
    kind: 'tcp_port',
    config: tcpPortSchema,
    describe: ({ host, port }) => `port ${host}:${port}`,
    timeoutMs: ({ timeout_seconds }) => timeout_seconds * 1000,
    run: async ({ host, port }, _, signal) => {
      const reached = await connectTo(host, port, signal)
      return 'code' in reached ? failedBy(reached) : passed({ host, port, ms: reached.ms })
    },
  }
}
