import { basename, dirname } from 'node:path'
import type { SlotAddress } from '../../core/plan/step.ts'
import type { Slot } from '../../core/traffic/slots.ts'
import { type BelayError, fail } from '../../core/model/problem.ts'

/** All sentences about a Caddy that does not do what it is asked for. */

export interface Wanted {
  readonly file: string
  readonly slots: Readonly<Record<Slot, SlotAddress>>
}

/** What the config of Caddy lacks. */
export type Lack = 'file' | Slot

export function addressText({ host, port }: SlotAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

export function lackText(lack: Lack, { file, slots }: Wanted): string {
  if (lack === 'file') return `The config that runs in Caddy never asks whether ${file} is there.`
  const when = lack === 'green' ? 'is there' : 'is not there'
  return `Where ${file} ${when}, Caddy does not send to ${lack} at ${addressText(slots[lack])}.`
}

/** What stands in the Caddyfile instead of its own `reverse_proxy`. */
function lines({ file, slots }: Wanted): string {
  return [
    '@green file {',
    `  root ${dirname(file)}`,
    `  try_files ${basename(file)}`,
    '}',
    `reverse_proxy @green ${addressText(slots.green)}`,
    `reverse_proxy ${addressText(slots.blue)}`,
  ].join('\n')
}

export function remedy(wanted: Wanted): string {
  return `Write this in the Caddyfile instead of its reverse_proxy, then reload Caddy once; no update ever does:\n${lines(wanted)}`
}

export function folderMissing({ file }: Wanted): string {
  return `The folder ${dirname(file)} is not there: make it, such that Belay may write in it and Caddy may look into it.`
}

export function lacking(lacks: readonly Lack[], wanted: Wanted): BelayError {
  return fail('E_TRAFFIC_CONFIG', lacks.map((lack) => lackText(lack, wanted)).join(' '), {
    hint: remedy(wanted),
    facts: { file: wanted.file },
  })
}

export function noSlots(): BelayError {
  return fail('E_TRAFFIC_CONFIG', 'traffic: with caddy does not say where the slots listen.', {
    hint: 'Add slots: { blue: 8001, green: 8002 } to it.',
  })
}

export function noWeights(): BelayError {
  return fail('E_TRAFFIC_REFUSED', 'This Caddy sends all that is new to one slot.', {
    hint: 'Leave gradual: out of traffic:, or use haproxy.',
  })
}

export function unreachable(at: string, cause: unknown): BelayError {
  const text = cause instanceof Error ? cause.message : String(cause)
  return fail('E_TRAFFIC_UNREACHABLE', `Caddy cannot be asked at ${at}: ${text}`, {
    hint: 'See that it runs, that its global option admin is not off, and that traffic.admin is its address.',
    retryable: true,
    facts: { at },
    cause,
  })
}

export function forbidden(at: string): BelayError {
  return fail('E_PERMISSION', `Caddy refuses to be asked at ${at}.`, {
    hint: 'Name that address among the origins of its global option admin.',
    facts: { at },
  })
}

export function notCaddy(at: string, what: string): BelayError {
  return fail('E_TRAFFIC_CONFIG', `What answers at ${at} is no Caddy: ${what}.`, {
    hint: 'Correct traffic.admin: it is the address of the global option admin.',
    facts: { at },
  })
}
