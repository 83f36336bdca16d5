import { type BelayError, fail } from '../../core/model/problem.ts'
import type { Place } from './free.ts'

/** All sentences about a forwarder that cannot do its work. */

export function placeSentence(listen: string, place: Place): string | null {
  switch (place) {
    case 'free':
      return null
    case 'taken':
      return `Another program listens at ${listen}: end it, or let it be one of the slots and give it a port of its own.`
    case 'foreign':
      return `${listen} is no address of this host: set traffic.listen to one of its own, or to 0.0.0.0 for all.`
    case 'forbidden':
      return `Ports below 1024 are for root: run belay as root, or set traffic.listen to another port than that of ${listen}.`
  }
}

export function cannotListen(sentence: string): BelayError {
  return fail('E_TRAFFIC_CONFIG', sentence, { hint: 'Correct traffic.listen in the config.' })
}

export function silent(name: string, lastWords: string | null): BelayError {
  const said = lastWords === null ? '' : ` The last that it said: ${lastWords}`
  return fail('E_TRAFFIC_UNREACHABLE', `The forwarder of ${name} does not run, and starting it did not help.${said}`, {
    hint: 'See that its port is free and that the state folder can be written, then try again.',
    retryable: true,
  })
}

export function refused(name: string, why: string): BelayError {
  return fail('E_TRAFFIC_REFUSED', `The forwarder of ${name} did not take the change: ${why}`, {
    hint: 'Try again; if it says the same, restart it.',
    retryable: true,
  })
}
