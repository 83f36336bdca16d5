import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentNote, AgentNotes } from '../ports/agent.ts'

/** `STATE/agent.json`, replaced by rename. Not durable: after a crash there is no agent that it could speak of. */
export function fileAgentNotes(stateDir: string): AgentNotes {
  const file = join(stateDir, 'agent.json')
  return {
    write(note) {
      const temporary = `${file}.${process.pid}`
      writeFileSync(temporary, JSON.stringify(note), { mode: 0o600 })
      renameSync(temporary, file)
    },
    read() {
      try {
        const note = JSON.parse(readFileSync(file, 'utf8')) as Partial<AgentNote>
        return Number.isSafeInteger(note.pid) && Number.isSafeInteger(note.loads) ? (note as AgentNote) : null
      } catch {
        return null
      }
    },
    remove: () => rmSync(file, { force: true }),
  }
}
