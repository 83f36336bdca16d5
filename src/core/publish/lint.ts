import { keyIdOf, type AnyBody, type Keys, type RoleKeys } from './documents.ts'
import type { Profile } from './profile.ts'
import { nameOfKey } from './roles.ts'
import type { Standing } from './signatures.ts'

export interface Finding {
  /** `error`: hosts are in danger, or will soon refuse. `warning`: should change. `note`: good to know. */
  readonly severity: 'error' | 'warning' | 'note'
  readonly rule: 'expiry' | 'shared-key' | 'root-threshold' | 'single-key' | 'unsigned' | 'root-keys-here' | 'packed'
  readonly what: string
  readonly hint: string
}

export interface LintInput {
  readonly nowMs: number
  readonly profile: Profile
  /** By role. */
  readonly documents: ReadonlyMap<string, AnyBody>
  /** For how long each counts when it is signed. */
  readonly expiryMs: (role: string) => number
  readonly roles: ReadonlyMap<string, { readonly keys: Keys; readonly role: RoleKeys }>
  readonly pending: readonly (Standing & { readonly role: string; readonly version: number })[]
  /** Roots that the one before did not sign by enough of its keys, by version. */
  readonly brokenRoots: readonly number[]
  /** Names of the root keys that lie in the publisher's folder. */
  readonly rootKeysHere: readonly string[]
  /** Of the newest build of each channel. */
  readonly packed: readonly { readonly name: string; readonly files: readonly string[] }[]
}

export function lint(input: LintInput): readonly Finding[] {
  const order = { error: 0, warning: 1, note: 2 }
  const all = [
    ...expiries(input),
    ...sharedKeys(input),
    ...rootKeys(input),
    ...unsignedDocuments(input),
    ...selfCompressed(input),
  ]
  return all.toSorted((a, b) => order[a.severity] - order[b.severity])
}

const dayMs = 86_400_000
const stepsDays = [
  { days: 1, severity: 'error' },
  { days: 7, severity: 'warning' },
  { days: 14, severity: 'warning' },
  { days: 30, severity: 'note' },
] as const

/** A role that counts for three days is not near its end with two left: only steps below half of its time are asked. */
function expiries({ documents, expiryMs, nowMs }: LintInput): readonly Finding[] {
  return [...documents].flatMap(([role, { expires }]): readonly Finding[] => {
    const leftMs = Date.parse(expires) - nowMs
    const hint = renewal(role)
    if (leftMs <= 0) {
      const what = `${role}.json expired on ${expires}: hosts keep what they have and install nothing`
      return [{ severity: 'error', rule: 'expiry', what, hint }]
    }
    const step = stepsDays.find(({ days }) => leftMs < days * dayMs && days * dayMs <= expiryMs(role) / 2)
    if (step === undefined) return []
    const what = `${role}.json expires in less than ${step.days === 1 ? 'a day' : `${step.days} days`}, on ${expires}`
    return [{ severity: step.severity, rule: 'expiry', what, hint }]
  })
}

const renewal = (role: string): string =>
  role === 'snapshot' || role === 'timestamp'
    ? 'belay release refresh; let a timer or CI do that each day.'
    : `belay release sign --renew ${role}, then belay release publish.`

function sharedKeys({ roles }: LintInput): readonly Finding[] {
  const users = new Map<string, { name: string; roles: string[] }>()
  for (const [role, { keys, role: named }] of roles) {
    for (const id of named.keyids) {
      const key = Object.hasOwn(keys, id) ? keys[id] : undefined
      if (key === undefined) continue
      // By what it is: the same key under two ids is one.
      const entry = users.get(keyIdOf(key)) ?? { name: nameOfKey(key), roles: [] }
      users.set(keyIdOf(key), { ...entry, roles: [...new Set([...entry.roles, role])] })
    }
  }
  return [...users.values()]
    .filter((user) => user.roles.length > 1)
    .map(({ name, roles: used }) => ({
      severity: 'error',
      rule: 'shared-key',
      what: `the key ${name} signs as ${used.join(' and ')}: who steals it has both`,
      hint: `belay release rotate ${used.at(-1)} gives that role a key of its own.`,
    }))
}

function rootKeys({ roles, profile, rootKeysHere }: LintInput): readonly Finding[] {
  const root = roles.get('root')?.role
  if (root === undefined) return []
  const found: Finding[] = []
  if (root.threshold === 1) {
    found.push({
      severity: profile === 'team' ? 'error' : 'warning',
      rule: 'root-threshold',
      what: 'one root key is enough to replace all others: who steals it is the publisher',
      hint: 'That is what the profile solo means. Keep its keys off every machine with a network; with a second person, start as a team.',
    })
  }
  if (new Set(root.keyids).size <= root.threshold) {
    found.push({
      severity: 'warning',
      rule: 'single-key',
      what: 'no root key may be lost: as many are needed as there are',
      hint: 'Without enough of them every host must be given a new root.json by hand: make one more.',
    })
  }
  if (rootKeysHere.length >= root.threshold) {
    found.push({
      severity: 'warning',
      rule: 'root-keys-here',
      what: `${rootKeysHere.join(', ')} in the folder keys: whoever takes this machine needs the passphrase alone`,
      hint: 'Move them to two media that are kept apart, and bring one back when the root must be signed.',
    })
  }
  return found
}

function unsignedDocuments({ pending, brokenRoots }: LintInput): readonly Finding[] {
  return [
    ...brokenRoots.map(
      (version): Finding => ({
        severity: 'error',
        rule: 'unsigned',
        what: `${version}.root.json is not signed by enough keys of the root before it: no host follows it`,
        hint: 'Restore the one that was published, or have it signed by the keys of the old root.',
      }),
    ),
    ...pending
      .filter(({ needs }) => needs > 0)
      .map(
        ({ role, version, needs, missing }): Finding => ({
          severity: role === 'root' ? 'error' : 'warning',
          rule: 'unsigned',
          what: `version ${version} of ${role}.json waits for ${needs} more, by ${missing.join(' or ')}`,
          hint: 'belay release sign where those keys are, or belay release sign --export FILE for another machine.',
        }),
      ),
  ]
}

function selfCompressed({ packed }: LintInput): readonly Finding[] {
  return packed
    .filter(({ files }) => files.length > 0)
    .map(({ name, files }) => ({
      severity: 'warning',
      rule: 'packed',
      what: `${name} holds programs that are compressed by themselves: ${files.join(', ')}`,
      hint: 'Every update of them is a whole download, for no delta can see inside. Ship them unpacked (no UPX): the archive is compressed anyway.',
    }))
}
