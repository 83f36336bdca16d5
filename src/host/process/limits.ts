import type { ChildProcess } from 'node:child_process'
import { cancelled, timedOut } from './failures.ts'
import { signalGroup } from './find.ts'

const graceMs = 3000

export interface Limits {
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * Ends a program that was started as the leader of a process group, with all of its group, when its time is over or
 * nobody wants it any more. Disposing lets go of the program; it does not end it.
 */
export class LimitedProgram implements Disposable {
  readonly #child: ChildProcess
  readonly #limits: Limits
  readonly #timer: NodeJS.Timeout
  readonly #onAbort = () => this.#stop('cancelled')
  #stopped: 'timeout' | 'cancelled' | null = null

  constructor(child: ChildProcess, limits: Limits) {
    this.#child = child
    this.#limits = limits
    this.#timer = setTimeout(() => this.#stop('timeout'), limits.timeoutMs)
    limits.signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  get isStopped(): boolean {
    return this.#stopped !== null
  }

  /** After its end. E_TIMEOUT, with the end of what it wrote; E_CANCELLED. */
  refuseStopped(program: string, output: string): void {
    if (this.#stopped === 'timeout') throw timedOut(program, this.#limits.timeoutMs, output)
    if (this.#stopped === 'cancelled') throw cancelled(program)
  }

  #stop(why: 'timeout' | 'cancelled'): void {
    this.#stopped ??= why
    stopGroup(this.#child)
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#limits.signal.removeEventListener('abort', this.#onAbort)
  }
}

/** TERM to the whole group, KILL after a while: what ignores TERM must not outlive the run. */
export function stopGroup(child: ChildProcess): void {
  signalGroup(child.pid ?? 0, 'SIGTERM')
  const timer = setTimeout(() => signalGroup(child.pid ?? 0, 'SIGKILL'), graceMs)
  child.once('exit', () => {
    clearTimeout(timer)
    signalGroup(child.pid ?? 0, 'SIGKILL')
  })
}
