import type { Engine } from '../ports/engine.ts'
import type { Voice } from './context.ts'
import { advance, idle, liveLine } from './render/progress.ts'

const tickMs = 1000

/** Shows every run of the engine while `work` goes on. */
export async function watched<T>(engine: Pick<Engine, 'subscribe'>, voice: Voice, work: () => Promise<T>): Promise<T> {
  const { lines } = voice
  let state = idle
  const redraw = () => {
    const { look, now } = voice.reader()
    lines.live(liveLine(state, look, now))
  }
  const unsubscribe = engine.subscribe((event) => {
    const { look, now } = voice.reader()
    const next = advance(state, event, look, now)
    state = next.state
    if (next.lines.length > 0) {
      lines.live(null)
      lines.print(next.lines)
    }
    redraw()
  })
  const ticking = voice.reader().look.columns === null ? null : setInterval(redraw, tickMs)
  try {
    return await work()
  } finally {
    if (ticking !== null) clearInterval(ticking)
    unsubscribe()
    lines.live(null)
  }
}
