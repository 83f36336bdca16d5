import type { Socket } from 'node:net'

/**
 * Two connections become one: what either says the other hears, at the pace of the slower one, and an end of one direction ends that
 * direction alone. Both must allow half-open. What breaks is passed on as broken, never as a proper end.
 */
export function join(one: Socket, other: Socket, ended: () => void): void {
  let open = 2
  const pass = (from: Socket, to: Socket) => {
    from.setTimeout(0)
    from.pipe(to)
    from.on('error', () => to.resetAndDestroy())
    from.once('close', () => {
      if (!from.readableEnded) to.destroy()
      open -= 1
      if (open === 0) ended()
    })
  }
  pass(one, other)
  pass(other, one)
}
