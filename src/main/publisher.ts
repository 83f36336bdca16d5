import { systemClock } from '../host/clock.ts'
import { httpClient } from '../host/http/client.ts'
import type { Publisher, PublisherOptions } from '../ports/publisher.ts'
import { openPublisher } from '../publisher/index.ts'
import { version } from './version.ts'

/** The publisher's tools; whoever serves on this very machine may be asked over plain http. */
export function publisher(options: PublisherOptions): Publisher {
  const clock = systemClock()
  const allowHttp = ['127.0.0.1', 'localhost', '::1']
  const http = () => httpClient({ allowHttp, version, clock, environment: process.env })
  return openPublisher({ now: () => clock.now(), http }, options)
}
