import { setTimeout as sleep } from 'node:timers/promises'
import type { ComponentName } from '../core/model/names.ts'
import type { Engine } from '../ports/engine.ts'
import type { Context } from './context.ts'
import { statusLines } from './render/status.ts'
import { clock } from '../protocol/words/units.ts'

const refreshMs = 2000

interface WatchOptions {
  readonly detailed: boolean
  readonly everyMs?: number
}

/** Until Ctrl-C, or until nobody reads it any more: on a terminal one picture that is drawn again, elsewhere a block each time. */
export async function watchStatus(
  context: Context,
  engine: Pick<Engine, 'status'>,
  names: readonly ComponentName[],
  options: WatchOptions,
): Promise<0> {
  const stop = new AbortController()
  const forget = context.io.onInterrupt(() => stop.abort())
  let drawn = 0
  try {
    while (!stop.signal.aborted && context.io.stdout.writable !== false) {
      const reports = await engine.status(names)
      const reader = context.talk.reader()
      const block = [...statusLines(reports, reader, options), `${clock(reader.now)}, again every 2 s, Ctrl-C ends it`]
      // Back to the first line of the last picture, and everything below it erased.
      if (reader.look.columns !== null && drawn > 0) context.io.stdout.write(`\u001b[${drawn}A\u001b[J`)
      context.talk.lines.print(block)
      drawn = block.length
      await sleep(options.everyMs ?? refreshMs, null, { signal: stop.signal }).catch(() => null)
    }
    return 0
  } finally {
    forget()
  }
}
