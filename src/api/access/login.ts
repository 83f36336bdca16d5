import { isLoopback } from '../../core/access/hosts.ts'
import { userNameSchema } from '../../core/access/names.ts'
import { passwordFault } from '../../core/access/password.ts'
import { digestOf, isSame, secretBytes } from '../../core/access/secret.ts'
import { covers } from '../../core/access/scope.ts'
import { fail } from '../../core/model/problem.ts'
import type { Audit, RequestHead } from '../../ports/access.ts'
import type { Accounts, Passwords, SetupSecret } from '../../ports/accounts.ts'
import type { SteadyClock } from '../../ports/clock.ts'
import type { AccessSettings } from '../../protocol/settings.ts'
import { credentialsOf } from './credentials.ts'
import { limitOf } from './gate.ts'
import { createThrottle } from './throttle.ts'

const addressWaitMsMax = 15 * 60_000
/** Short: whoever knows a name could keep its owner out. */
const nameWaitMsMax = 30_000

export interface LoginPorts {
  readonly accounts: Accounts
  readonly passwords: Passwords
  readonly setupSecret: SetupSecret
  readonly audit: Audit
  readonly clock: SteadyClock
  readonly settings: () => Promise<AccessSettings>
}

/** The two ways to a session. Each gives the id of a new one, which the caller hands to the browser and to nobody else. */
export interface Logins {
  /** Whether that is the password of that user. E_TOO_MANY_ATTEMPTS. */
  confirm(head: RequestHead, given: { readonly name: string; readonly password: string }): Promise<boolean>
  /** E_LOGIN_NEEDED: name or password is wrong, and it is not said which. E_TOO_MANY_ATTEMPTS. */
  login(head: RequestHead, given: { readonly name: string; readonly password: string }): Promise<string>
  /** The first user. E_FORBIDDEN: there is one already, the secret is wrong, or the caller is too far away. E_USAGE: the password. */
  setup(
    head: RequestHead,
    given: { readonly secret: string; readonly name: string; readonly password: string },
  ): Promise<string>
}

export function createLogins(ports: LoginPorts): Logins {
  const { accounts, passwords, setupSecret, audit, clock } = ports
  const byAddress = createThrottle(clock, addressWaitMsMax)
  const byName = createThrottle(clock, nameWaitMsMax)

  const begin = (head: RequestHead, user: string): string => {
    const id = clock.randomHex(secretBytes)
    accounts.addSession(digestOf(id), user, credentialsOf(head.headers, head.secure).sessions.map(digestOf))
    return id
  }

  const confirm: Logins['confirm'] = async (head, { name, password }) => {
    const place = placeOf(head.address)
    // Whoever is on the host is not kept out by guesses from elsewhere.
    const person = `${isLoopback(head.address) ? 'here' : 'away'} ${name}`
    byAddress.check(place)
    byName.check(person)
    // Counted before it is known: many at once must not all be the first.
    byAddress.failed(place)
    byName.failed(person)
    const record = accounts.passwordRecord(name)
    const found = await passwords.verify(password, record)
    if (found === 'wrong') {
      // What was typed as a name may be a password.
      const who = record === null ? 'unknown' : name
      await audit.record({ action: 'login', target: null, who, from: head.address, outcome: 'E_LOGIN_NEEDED' })
      return false
    }
    byAddress.forgive(place)
    byName.forget(person)
    if (found === 'weak') accounts.renewRecord(name, await passwords.hash(password))
    return true
  }

  return {
    confirm,
    async login(head, { name: typed, password }) {
      const name = typed.trim().toLowerCase()
      if (!(await confirm(head, { name, password }))) {
        throw fail('E_LOGIN_NEEDED', 'The name or the password is wrong.', {
          hint: 'A forgotten password is set anew on the host: belay user password NAME',
        })
      }
      await audit.record({ action: 'login', target: null, who: name, from: head.address, outcome: 'ok' })
      return begin(head, name)
    },

    async setup(head, { secret, name, password }) {
      const { remote } = await ports.settings()
      const place = `setup ${placeOf(head.address)}`
      byAddress.check(place)
      if (!covers(limitOf(head, remote), 'admin')) {
        throw fail('E_FORBIDDEN', 'From another host nobody can be set up.', {
          hint: 'Run "belay user add NAME" on the host itself, or open the page there, such as through an SSH tunnel.',
          facts: { setting: 'agent.remote', needed: 'admin' },
        })
      }
      if (accounts.users().length > 0) throw done()
      byAddress.failed(place)
      if (!isSame(secret.trim().toLowerCase(), setupSecret.current())) {
        throw fail('E_FORBIDDEN', 'That is not the secret of this host.', {
          hint: 'The agent prints it at its start, and keeps it in the file setup-secret of its state folder.',
        })
      }
      byAddress.forgive(place)
      const fault = passwordFault(password, name)
      if (fault !== null) throw fault
      const record = await passwords.hash(password)
      const first = { name: userNameSchema.parse(name), scope: 'admin', record, only: true } as const
      if (!accounts.addUser(first)) throw done()
      setupSecret.forget()
      await audit.record({ action: 'setup', target: name, who: name, from: head.address, outcome: 'ok' })
      return begin(head, name)
    },
  }
}

function done() {
  return fail('E_FORBIDDEN', 'This host has its first user already.', {
    hint: 'Log in. Who is a user here, "belay user list" says on the host itself.',
  })
}

/** Whoever has one address of version 6 has 2^64 of them. */
function placeOf(address: string): string {
  return address.includes(':') && !address.includes('.') ? address.split(':').slice(0, 4).join(':') : address
}
