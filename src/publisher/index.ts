import type { HttpClient } from '../host/http/types.ts'
import type { Publisher, PublisherOptions } from '../ports/publisher.ts'
import { keyring } from './keyring.ts'
import type { Measure } from './keys.ts'
import { type Desk, placesIn } from './state.ts'

export interface PublisherDeps {
  readonly now: () => number
  readonly http: () => HttpClient
  /** Tests: what a passphrase costs, and a place to stop. */
  readonly measure?: Measure
  readonly wrote?: (path: string) => void
}

/** The publisher's tools on one folder. Each is loaded when it is used. */
export function openPublisher(deps: PublisherDeps, { dir, keysDir, passphrase }: PublisherOptions): Publisher {
  const places = placesIn(dir)
  const desk: Desk = {
    places,
    keys: keyring(keysDir, passphrase, deps.measure),
    now: deps.now,
    wrote: deps.wrote ?? (() => {}),
  }
  return {
    init: async (options) => (await import('./init.ts')).init(desk, options),
    build: async (options, signal) => (await import('./build.ts')).build(desk, options, signal),
    sign: async (options) => (await import('./sign.ts')).sign(desk, options),
    exportSigning: async (file) => (await import('./ceremony.ts')).exportSigning(desk, file),
    signFile: async (file, confirm) => (await import('./ceremony.ts')).signFile(desk, file, confirm),
    importSigning: async (file) => (await import('./ceremony.ts')).importSigning(desk, file),
    rotate: async (options) => (await import('./rotate.ts')).rotate(desk, options),
    publish: async (to) => (await import('./publish.ts')).publish(desk, to),
    refresh: async (to) => (await import('./publish.ts')).refresh(desk, to),
    changePassphrase: (names, next) => desk.keys.change(names, next),
    lint: async () => ({ findings: await (await import('./lint.ts')).lintFolder(desk) }),
    async verify(where, root, signal) {
      const { verifyFolder, verifyUrl } = await import('./verify.ts')
      const pinned = root ?? places.pinned
      if (where === null || !/^https?:/.test(where)) return verifyFolder(desk, where ?? places.repo, pinned)
      return verifyUrl(desk, where, pinned, deps.http(), signal)
    },
  }
}
