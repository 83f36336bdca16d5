import type { Asker } from './ask.ts'
import { loadFailed, notPulled, wrongImage } from './failures.ts'
import { Lines } from '../process/tail.ts'
import { afterLine, pullBegun } from './progress.ts'
import type { Image, LoadInput } from './types.ts'

/** Sends the tar, and asks afterwards what the name stands for: an engine says 200 before it has read anything. */
export async function loadImage(
  asker: Asker,
  { name, ids, tar }: LoadInput,
  find: (reference: string, signal: AbortSignal) => Promise<Image | null>,
  signal: AbortSignal,
): Promise<void> {
  const error = await asker.stream(
    { method: 'POST', path: '/images/load?quiet=1', tar, timeoutMs: null, signal },
    (said) => loadFailed(name, said),
    async (answer) => {
      let state = pullBegun
      const lines = new Lines(asker.limits.lineBytesMax, (line) => {
        state = afterLine(state, line)
      })
      for await (const chunk of answer as AsyncIterable<Buffer>) lines.push(chunk)
      lines.end()
      return state.error
    },
  )
  if (error !== null) throw loadFailed(name, error)
  const image = await find(name, signal)
  if (image === null) throw notPulled(name)
  if (!ids.some((id) => id === image.id || image.digests.some((text) => text.endsWith(`@${id}`)))) {
    throw wrongImage(name, [image.id, ...image.digests])
  }
}
