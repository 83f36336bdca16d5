import { BelayError, fail } from '../../core/model/problem.ts'

export function notRemovable(path: string): BelayError {
  return fail('E_PATH_INVALID', `${path} is never removed: it is the root, a home, or too close to the root.`, {
    hint: 'Configure a folder of its own for the component, at least two levels deep.',
    facts: { path },
  })
}

export function mountedInside(path: string, mount: string): BelayError {
  return fail('E_TARGET_MOUNT', `${path} is not removed: ${mount} in it is mounted from elsewhere.`, {
    hint: `Unmount ${mount} first, then run "belay resume".`,
    facts: { path, mount },
  })
}

export function specialFile(path: string): BelayError {
  return fail('E_PATH_INVALID', `${path} is a device, a socket or a named pipe, and cannot be copied.`, {
    hint: 'Exclude it in the configuration.',
    facts: { path },
  })
}

export function changedMeanwhile(path: string): BelayError {
  return fail('E_IO', `${path} became something else while it was copied.`, {
    hint: 'Something writes there. Stop it, or exclude the path, then try again.',
    retryable: true,
    facts: { path },
  })
}

export function cancelled(signal: AbortSignal): BelayError {
  if (signal.reason instanceof BelayError) return signal.reason
  return fail('E_CANCELLED', 'Working on a folder was cancelled.', { retryable: true, cause: signal.reason })
}
