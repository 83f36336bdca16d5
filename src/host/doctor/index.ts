import { constants } from 'node:os'
import type { Witness } from '../../ports/witness.ts'
import { watchFront } from '../front-door.ts'
import { isFirst, statusText, takes } from '../process/signal-mask.ts'
import { begin } from './connections.ts'

export const witness: Witness = {
  signals(pid) {
    const text = statusText(pid)
    if (text === null) return null
    return { first: isFirst(text), handles: takes(pid, constants.signals.SIGTERM) }
  },
  watch: watchFront,
  begin,
}
