import type { ForwardFolder, Target } from '../../host/forward/target.ts'

/** Who keeps forwarders running. Errors: E_TRAFFIC_UNREACHABLE, E_TRAFFIC_REFUSED, those of programs that cannot be run. */
export interface ForwardManager {
  /** Makes it run, as it is to be run; one that runs already goes on. Returns before it answers. */
  start(folder: ForwardFolder, listen: Target['listen']): Promise<void>
  /** It ends, and is not started again. Nothing of it is left but its folder. Idempotent. */
  end(folder: ForwardFolder): Promise<void>
  /** false: nothing will start it again by itself. */
  lives(folder: ForwardFolder): Promise<boolean>
  /** The last that it said, for whoever wants to know why it does not run. */
  lastWords(folder: ForwardFolder): Promise<string | null>
}

/** The words after `argv`, which is how a service manager starts Belay. */
export function forwardArgv(program: readonly [string, ...string[]], { name, stateDir }: ForwardFolder) {
  return [...program, 'forward', name, stateDir] as const
}
