/**
 * Why whoever watches a run that another process drives stops doing so, as the reason of its abort. An agent is ended by the
 * very run that it watches, so it never waits for its end; any other abort asks the driver to go back and waits for that.
 */
const reasons = { leave: 'the agent is stopped', cancel: 'the agent was asked to take the run back' } as const

export function watcherLeaves(why: keyof typeof reasons): DOMException {
  return new DOMException(reasons[why], 'AbortError')
}

/** null: an abort of somebody who waits. */
export function whyWatcherLeaves(reason: unknown): keyof typeof reasons | null {
  if (!(reason instanceof DOMException)) return null
  if (reason.message === reasons.leave) return 'leave'
  return reason.message === reasons.cancel ? 'cancel' : null
}
