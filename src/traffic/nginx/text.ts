import type { SlotAddress } from '../../core/plan/step.ts'
import { otherSlot, type Slot, slots } from '../../core/traffic/slots.ts'
import { type NginxConfig, placesOf } from './schema.ts'

export type Addresses = Readonly<Record<Slot, SlotAddress>>

/** The first two hex digits of nginx's random `$request_id`. */
export const buckets: readonly string[] = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, '0'))

/** Of the requests that go to green; there whenever anything does. */
const first = '00'

/**
 * For the http section. A request that does not reach its slot at all, because that just died or was stopped while the body was still
 * arriving, is given to the other one: nothing of it was sent.
 */
export function httpText(config: NginxConfig, addresses: Addresses): string {
  const { upstream, status } = config
  return [
    `map $request_id $${upstream}_bucket { "~^(?<${upstream}_digits>..)" $${upstream}_digits; }`,
    ...slots.map((slot) => {
      const [own, other] = [addressText(addresses[slot]), addressText(addresses[otherSlot(slot)])]
      return `upstream ${upstream}_${slot} { server ${own} max_fails=0; server ${other} backup; }`
    }),
    'server {',
    `  listen ${status};`,
    '  access_log off;',
    '  default_type text/plain;',
    '  set $belay_sees blue;',
    `  if (-f ${placesOf(config).now}/${first}) { set $belay_sees green; }`,
    `  return 200 "${statusLine(config, addresses)} sees=$belay_sees\\n";`,
    '}',
    '',
  ].join('\n')
}

/** For each server section whose locations pass to the application. */
export function serverText(config: NginxConfig): string {
  const { upstream } = config
  return [
    `set $${upstream} ${upstream}_blue;`,
    `if (-f ${placesOf(config).now}/$${upstream}_bucket) { set $${upstream} ${upstream}_green; }`,
    '',
  ].join('\n')
}

function statusLine({ upstream }: NginxConfig, { blue, green }: Addresses): string {
  return `belay ${upstream} blue=${addressText(blue)} green=${addressText(green)}`
}

/** `sees`: whether that worker finds what sends requests to green. */
export type Status = 'foreign' | 'other-slots' | { readonly sees: Slot }

export function statusIn(answer: string, config: NginxConfig, addresses: Addresses): Status {
  const line = answer.trim()
  if (!line.startsWith(`belay ${config.upstream} `)) return 'foreign'
  const own = statusLine(config, addresses)
  if (line === `${own} sees=blue`) return { sees: 'blue' }
  return line === `${own} sees=green` ? { sees: 'green' } : 'other-slots'
}

function addressText({ host, port }: SlotAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
