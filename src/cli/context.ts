import type { Problem } from '../core/model/problem.ts'
import type { Engine } from '../ports/engine.ts'
import type { Language } from '../protocol/messages/render.ts'
import { LeftBehind } from './left-behind.ts'
import type { CliIo, CliPorts, OpenOptions } from './ports.ts'
import { errorDocument, problemLines, type Reader } from './render/problem.ts'
import { type Lines, linesOf } from './terminal/live.ts'
import { lookOf } from './terminal/look.ts'

/** What every command is given. */
export interface Context {
  readonly io: CliIo
  readonly ports: CliPorts
  readonly options: OpenOptions
  readonly json: boolean
  /** For people: standard output, or standard error where standard output is a program's. */
  readonly talk: Voice
  /** For what went wrong: standard error. */
  readonly complain: Voice
}

export interface Voice {
  readonly lines: Lines
  /** The look of the stream, the reader's language and the present time. */
  readonly reader: () => Reader
}

export interface GlobalOptions extends OpenOptions {
  readonly json: boolean
  readonly color: boolean
}

export function contextOf(io: CliIo, ports: CliPorts, options: GlobalOptions): Context {
  const voice = (out: CliIo['stdout']): Voice => {
    const look = lookOf(out, io.env, options)
    return { lines: linesOf(out, look), reader: () => ({ look, language: languageOf(io.env), now: io.now() }) }
  }
  const complain = voice(io.stderr)
  return { io, ports, options, json: options.json, talk: options.json ? complain : voice(io.stdout), complain }
}

/** BELAY_LANG, else the locale as POSIX reads it for messages. */
export function languageOf(env: CliIo['env']): Language {
  const names = [env['BELAY_LANG'], env['LC_ALL'], env['LC_MESSAGES'], env['LANG']]
  return /^de(?![a-z])/i.test(names.find((name) => name !== undefined && name !== '') ?? '') ? 'de' : 'en'
}

/** The command's one answer: a document for programs, or lines for people. */
export function answer(context: Context, document: unknown, lines: (reader: Reader) => readonly string[]): void {
  if (!context.json) context.talk.lines.print(lines(context.talk.reader()))
  else context.io.stdout.write(`${JSON.stringify(document, null, context.io.stdout.isTTY === true ? 2 : undefined)}\n`)
}

/** A problem in place of an answer. */
export function refuse(context: Context, problem: Problem): void {
  if (context.json) context.io.stdout.write(`${JSON.stringify(errorDocument(problem))}\n`)
  else context.complain.lines.print(problemLines(problem, context.complain.reader(), 'belay: '))
}

export async function withEngine<T>(context: Context, use: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await context.ports.open(context.options)
  try {
    const result = await use(engine)
    engine.close()
    return result
  } catch (error) {
    // A run that is under way still writes its journal; closing it now would look like a failed step.
    if (!(error instanceof LeftBehind)) engine.close()
    throw error
  }
}
