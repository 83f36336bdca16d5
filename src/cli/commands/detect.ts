import { answer, type Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { detectDocument } from '../render/detect-document.ts'
import { detectLines } from '../render/detect.ts'

/** A `DetectDocument`. It needs no config and no state folder. */
export async function detect(context: Context): Promise<ExitCode> {
  const host = await context.ports.detect(context.io.cwd)
  answer(context, detectDocument(host), (reader) => detectLines(host, reader))
  return 0
}
