import type { SeenAtPort } from '../core/doctor/report.ts'
import type { SlotAddress } from '../core/plan/step.ts'

/** Looks at running programs from outside: their signals, and what they do to connections. Changes nothing. */
export interface Witness {
  /** null: this system does not tell, or there is no such process. */
  signals(pid: number): { readonly first: boolean; readonly handles: boolean | null } | null
  /** Asks again and again, like one impatient person. `stop` may be called twice. */
  watch(url: string): { stop(): Promise<{ readonly asked: number; readonly failed: number }> }
  /** Opens connections and begins a request: `slow` where there is one, else one of `path` that is sent by half. E_NETWORK. */
  begin(address: SlotAddress, paths: { readonly path: string; readonly slow: string | null }): Promise<Begun>
}

export interface Begun {
  /** From now on it is known that it has to end. */
  told(): void
  /** Closes what is left open; called when the process is gone. */
  end(): Promise<SeenAtPort>
}
