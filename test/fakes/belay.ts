import type { CliPorts } from '../../src/cli/ports.ts'
import { runCli } from '../../src/cli/program.ts'
import { type Script, scriptedEngine } from './engine.ts'
import { fakeTerminal, portsWith } from './terminal.ts'

export interface Setting {
  readonly script?: Script
  readonly ports?: Partial<CliPorts>
  readonly terminal?: Parameters<typeof fakeTerminal>[0]
}

/** `belay WORDS` on an engine that follows a script: its exit code, what it wrote, and what the engine was asked. */
export async function belay(words: string, { script = {}, ports = {}, terminal = {} }: Setting = {}) {
  const engine = scriptedEngine(script)
  const screen = fakeTerminal(terminal)
  const code = await runCli(words.split(' ').filter(Boolean), screen.io, portsWith(engine, ports))
  return { code, engine, out: screen.out(), err: screen.err() }
}
