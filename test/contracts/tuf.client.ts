import { fail, problemOf } from '../../src/core/model/problem.ts'
import type { Answer, Ask, Cycle, Trusted } from '../../src/core/trust/tuf/cycle.ts'
import type { TrustMemory } from '../../src/core/trust/tuf/memory.ts'
import { findTarget, refresh, type Target } from '../../src/core/trust/tuf/search.ts'
import type { TestRepository } from './tuf.repository.ts'

/** The client without disk and network: what it keeps is in a map, what it fetches comes from a repository in memory. */
export class MemoryClient {
  readonly stored = new Map<string, Buffer>()
  memory: TrustMemory | null = null
  requests: string[] = []
  nowMs: number
  private readonly repository: TestRepository
  private readonly pinned: Uint8Array

  constructor(repository: TestRepository, nowMs: number, pinned = repository.files.get('1.root.json')) {
    if (pinned === undefined) throw new Error('the repository has no root')
    this.repository = repository
    this.pinned = pinned
    this.nowMs = nowMs
  }

  refresh(): Trusted {
    this.requests = []
    const start = { pinned: this.pinned, memory: this.memory, systemMs: this.nowMs, builtMs: 0 }
    return this.drive(refresh(start))
  }

  /** A whole check for one target. */
  find(...paths: string[]): readonly (Target | null)[] {
    const trusted = this.refresh()
    return paths.map((path) => this.drive(findTarget(trusted, path)))
  }

  /** The problem of a check, or what it found. */
  attempt(...paths: string[]) {
    try {
      return this.find(...paths)
    } catch (error) {
      return problemOf(error)
    }
  }

  version(role: string): number | null {
    const bytes = this.stored.get(role)
    return bytes === undefined ? null : JSON.parse(bytes.toString()).signed.version
  }

  private drive<T>(cycle: Cycle<T>): T {
    for (let step = cycle.next(); ; ) {
      if (step.done === true) return step.value
      step = cycle.next(this.answer(step.value))
    }
  }

  private answer(ask: Ask): Answer {
    switch (ask.do) {
      case 'recall': {
        const bytes = this.stored.get(ask.role)
        return bytes === undefined ? [] : [bytes]
      }
      case 'keep':
        this.stored.set(ask.role, Buffer.from(ask.bytes))
        this.memory = ask.memory
        return []
      case 'remember':
        this.memory = ask.memory
        return []
      case 'fetch': {
        this.requests.push(ask.file)
        const bytes = this.repository.files.get(ask.file)
        if (bytes === undefined && !ask.mayBeAbsent) throw fail('E_NOT_FOUND', `${ask.file} is absent`)
        if ((bytes?.length ?? 0) > ask.bytesMax) throw fail('E_RESPONSE_TOO_LARGE', `${ask.file} is too large`)
        return bytes === undefined ? [] : [bytes]
      }
    }
  }
}
