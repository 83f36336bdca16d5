import type { Ask, Answer, Cycle } from '../../core/trust/tuf/cycle.ts'
import type { Headers, HttpClient } from '../http/types.ts'
import type { TrustStore } from './store.ts'

export interface Driven {
  readonly http: HttpClient
  readonly store: TrustStore
  /** Where metadata lies, with the slash at its end. */
  readonly metadataUrl: string
  readonly secretHeaders?: Headers
  readonly signal: AbortSignal
}

/** Does what a cycle asks for, until it has its result. */
export async function drive<T>(cycle: Cycle<T>, driven: Driven): Promise<T> {
  for (let step = cycle.next(); ; ) {
    if (step.done === true) return step.value
    step = cycle.next(await answer(step.value, driven))
  }
}

/** What a server says of a root that was not made yet: static hosts answer 403 where listing is forbidden. */
const absent: readonly number[] = [403, 404]

async function answer(ask: Ask, { http, store, metadataUrl, secretHeaders, signal }: Driven): Promise<Answer> {
  switch (ask.do) {
    case 'recall':
      return store.recall(ask.role)
    case 'keep':
      await store.keep(ask.role, ask.bytes, ask.memory)
      return []
    case 'remember':
      await store.remember(ask.memory)
      return []
    case 'fetch': {
      const { status, body } = await http.ask(`${metadataUrl}${ask.file}`, {
        bytesMax: ask.bytesMax,
        passes: ask.mayBeAbsent ? absent : [],
        ...(secretHeaders === undefined ? {} : { secretHeaders }),
        signal,
      })
      return status === 200 ? [body] : []
    }
  }
}
