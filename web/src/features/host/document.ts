/**
 * What `belay detect --json` says of the host. Its shape is not promised, and an agent of another version may be answering:
 * only what is as expected is shown.
 */
export interface HostDocument {
  readonly message: string
  readonly kind: string
  readonly systemd: boolean
  readonly system: string | null
  readonly evidence: readonly Evidence[]
  readonly conflicts: readonly Conflict[]
  readonly unreadable: readonly string[]
  readonly strategies: readonly Strategy[]
  readonly limits: readonly Limit[]
  readonly applications: readonly Application[]
}

export interface Evidence {
  readonly finding: string
  /** A file, or a program that was asked. */
  readonly place: string
  readonly value: string
}

export interface Conflict {
  readonly claim: string
  readonly evidence: readonly Evidence[]
  readonly against: readonly Evidence[]
}

/** The first one is the default for this host. */
export interface Strategy {
  readonly name: string
  readonly why: string
  readonly message: string
}

export interface Limit {
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly facts: Readonly<Record<string, unknown>>
}

export interface Application {
  readonly path: string
  readonly running: boolean
  readonly evidence: readonly Evidence[]
}

type Json = Readonly<Record<string, unknown>>

export function hostDocument(given: unknown): HostDocument | null {
  const host = objectOf(given)
  if (host === null) return null
  return {
    message: text(host, 'message'),
    kind: text(host, 'kind'),
    systemd: host['systemd'] === true,
    system: text(host, 'system') || null,
    evidence: evidenceOf(host, 'evidence'),
    conflicts: list(host, 'conflicts').map((conflict) => ({
      claim: text(conflict, 'claim'),
      evidence: evidenceOf(conflict, 'evidence'),
      against: evidenceOf(conflict, 'against'),
    })),
    unreadable: list(host, 'unreadable').map((one) => `${text(one, 'what')} (${text(one, 'errno')})`),
    strategies: [objectOf(host['strategy']), ...list(host, 'fits')].flatMap((one) =>
      one === null ? [] : [strategyOf(one)],
    ),
    limits: list(host, 'limits').map((one) => ({
      code: text(one, 'code'),
      message: text(one, 'message'),
      hint: text(one, 'hint'),
      facts: one,
    })),
    applications: list(host, 'applications').map((one) => ({
      path: text(one, 'path'),
      running: one['running'] === true,
      evidence: evidenceOf(one, 'evidence'),
    })),
  }
}

function strategyOf(one: Json): Strategy {
  const parts = ['type', 'layout', 'service', 'data'].map((key) => text(one, key)).filter((part) => part !== '')
  return { name: parts.join(' · '), why: text(one, 'why'), message: text(one, 'message') }
}

function evidenceOf(from: Json, key: string): readonly Evidence[] {
  return list(from, key).map((one) => ({
    finding: text(one, 'finding'),
    place: text(one, 'file') || text(one, 'program'),
    value: text(one, 'value'),
  }))
}

function objectOf(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null
}

function list(from: Json, key: string): readonly Json[] {
  const value = from[key]
  return Array.isArray(value) ? value.map(objectOf).filter((one) => one !== null) : []
}

function text(from: Json, key: string): string {
  const value = from[key]
  return typeof value === 'string' ? value : ''
}
