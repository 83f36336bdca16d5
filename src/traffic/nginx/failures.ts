import { type BelayError, fail } from '../../core/model/problem.ts'
import { type NginxConfig, placesOf } from './schema.ts'
import { type Addresses, httpText, serverText } from './text.ts'

/** All sentences about an nginx that could not do what it was asked. */

/** What an administrator writes, once. */
export function recipe(config: NginxConfig, addresses: Addresses): string {
  const { http, server } = placesOf(config)
  return [
    `Write ${http}:`,
    httpText(config, addresses),
    `Write ${server}:`,
    serverText(config),
    `Then "include ${http};" in the http section, "include ${server};" in the server section and "proxy_pass http://$${config.upstream};" in its location, and reload nginx.`,
  ].join('\n')
}

export function noSlots({ upstream }: NginxConfig): BelayError {
  return fail('E_TRAFFIC_CONFIG', `nothing says where the two slots of the upstream ${upstream} listen`, {
    hint: 'Write traffic.slots, such as {blue: 8001, green: 8002}.',
  })
}

export function notIncluded(config: NginxConfig, addresses: Addresses): BelayError {
  const { upstream, status } = config
  const { http } = placesOf(config)
  return fail(
    'E_TRAFFIC_CONFIG',
    `nginx does not include ${http}, which holds the upstreams ${upstream}_blue and _green`,
    {
      hint: recipe(config, addresses),
      facts: { file: http, upstream, status },
    },
  )
}

export function statusForeign(config: NginxConfig, addresses: Addresses): BelayError {
  const { upstream, status } = config
  const { http } = placesOf(config)
  return fail('E_TRAFFIC_CONFIG', `what answers at ${status} is not the upstream ${upstream} of ${http}`, {
    hint: `Name in traffic.status a port that nothing else uses. ${recipe(config, addresses)}`,
    facts: { file: http, upstream, status },
  })
}

export function otherSlots(config: NginxConfig, addresses: Addresses): BelayError {
  const { http } = placesOf(config)
  return fail('E_TRAFFIC_CONFIG', `nginx runs with other addresses in ${http} than traffic.slots has`, {
    hint: `Correct either, and reload nginx. ${recipe(config, addresses)}`,
    facts: { file: http, upstream: config.upstream },
  })
}

export function notAnswering({ status }: NginxConfig, reason: string): BelayError {
  return fail('E_TRAFFIC_UNREACHABLE', `nginx does not answer at ${status}: ${reason}`, {
    hint: 'See that it runs: its error log says why it does not.',
    retryable: true,
    facts: { status },
  })
}

export function notSeen(config: NginxConfig): BelayError {
  const { now } = placesOf(config)
  return fail('E_TRAFFIC_REFUSED', `the workers of nginx do not see ${now}, which says whom they serve`, {
    hint: 'Their user must be able to enter that folder, and "open_file_cache" must be off for that server.',
    facts: { path: now },
  })
}
