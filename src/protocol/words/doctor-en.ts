import type { Finding, NotTried, ProcessSeen, SeenAtPort, Trial } from '../../core/doctor/report.ts'
import type { Verdict } from '../../core/doctor/verdict.ts'
import { told } from '../messages/render.ts'
import { before, type DoctorWords, type Told } from './doctor-told.ts'
import { bytes, duration } from './units.ts'

const recipe = 'docs/guide/graceful-shutdown.md has a recipe for Node and for Python servers.'

export const doctorEn: DoctorWords = {
  finding,
  trial,
  verdict,
  seenProcess: about,
  notTried,
  nothingFound: 'Nothing was found that would not work.',
}

function finding(found: Finding): Told {
  switch (found.code) {
    case 'problem': {
      const { title, hint } = told(found.problem, 'en')
      return { what: title, why: null, hint }
    }
    case 'state-room':
      return {
        what: `Only ${bytes(found.freeBytes)} are free where ${found.path} is.`,
        why: 'Journals and the reserve for the way back are kept there: an update is refused without them.',
        hint: 'Free some space, or choose another folder with agent.state.',
      }
    case 'agent-absent':
      return {
        what: 'No agent runs here.',
        why: {
          service: 'Nothing else starts its process again when it dies, or after a power cut.',
          policy: 'Its policy lets updates be installed unasked, and nobody does.',
          drain: 'An old version is on its way out, and nobody ends it in time.',
        }[found.needs],
        hint: 'Start one: belay service install --do agent.',
      }
    case 'unfinished':
      return {
        what: `Run ${found.run} was left behind.`,
        why: 'Nothing else is begun before it is finished or undone.',
        hint: 'belay resume',
      }
    case 'version-unknown':
      return {
        what: 'The installed version cannot be read.',
        why: 'Without it nobody can tell whether a release is newer.',
        hint: 'Say where it stands in version: of the component.',
      }
    case 'service-missing':
      return {
        what: `There is no service ${found.service}.`,
        why: 'An update could neither stop nor start it.',
        hint: 'Correct strategy.service, or install the unit that it names.',
      }
    case 'source-failed':
      return {
        what: 'The source did not answer when it was asked last.',
        why: found.problem.message,
        hint: found.problem.hint ?? 'Ask again: belay check --force.',
      }
    case 'backup-place': {
      const { title, hint } = told(found.problem, 'en')
      return { what: title, why: 'An update that cannot back its data up is not begun.', hint }
    }
    case 'unguarded':
      return {
        what: `Nothing makes ${found.service} wait for belay at boot.`,
        why: 'After a power cut in an update it would start on whatever was there at that moment.',
        hint: 'The next update installs belay-resume.service again.',
      }
    case 'ignores-term':
      return {
        what: 'It is the first process of its container and has no handler for SIGTERM.',
        why: `Each stop takes ${found.patienceMs === null ? 'until it is killed' : duration(found.patienceMs)}, and cuts what is under way.`,
        hint: `Let it handle the signal, or write "init: true" into the compose file. ${recipe}`,
      }
  }
}

function trial(seen: Trial): readonly string[] {
  const { slot, version, ready_ms: ready, problem, process: seenProcess, port } = seen
  if (ready === null) {
    const why = problem === null ? '' : `: ${problem.message}`
    return [`${version ?? 'The installed version'} did not get ready in ${slot}${why}`, ...served(seen)]
  }
  return [
    `${version ?? 'The installed version'} was ready in ${slot} after ${duration(ready)}.`,
    ...served(seen),
    ...(seenProcess === null || !seenProcess.first ? [] : [about(seenProcess)]),
    ...(port === null
      ? problem === null
        ? []
        : [problem.message]
      : [refuses(port, seen), request(port), idle(port, seen)]),
    ...(port === null ? [] : [gone(seen)]),
  ]
}

function served({ served: { asked, failed, steady } }: Trial): readonly string[] {
  if (!steady) return ['The instance that people get did not stay the same meanwhile.']
  if (failed === 0) return [`Two at once: the instance that people get answered all ${asked} requests meanwhile.`]
  return [`Two at once: the instance that people get left ${failed} of ${asked} requests unanswered meanwhile.`]
}

function refuses({ refuses_ms: ms }: SeenAtPort, seen: Trial): string {
  const at = before(ms, seen)
  if (at === null) return 'Told to end by SIGTERM, it took new connections until its end.'
  return `Told to end by SIGTERM, it took no new connections after ${duration(at)}.`
}

function request({ request: kind, answered }: SeenAtPort): string {
  if (answered === 'quick') return 'The slow request was answered before SIGTERM: name one that takes seconds.'
  const which = kind === 'slow' ? 'The slow request that was under way' : 'The request that was half sent'
  return answered === 'yes' ? `${which} was answered.` : `${which} was not answered.`
}

function idle({ idle: how, idle_ms: ms }: SeenAtPort, seen: Trial): string {
  const at = before(ms, seen)
  if (how === 'none') return 'It keeps no connections open between requests.'
  if (how === 'reset') return 'An idle connection was reset: a request that had just been sent on it would be lost.'
  if (how === 'stayed' || at === null) return 'An idle connection stayed open until its end.'
  return `An idle connection was closed cleanly after ${duration(at)}.`
}

function gone({ gone_ms: ms, waited_ms: waited, exit_code: code }: Trial): string {
  const exit = code === null ? '' : ` with exit code ${code}`
  if (ms !== null) return `It was gone after ${duration(ms)}${exit}.`
  return `It was still there after ${duration(waited)} and was killed.`
}

function verdict(of: Verdict, { gone_ms: ms, process: seen, port }: Trial): Told {
  switch (of) {
    case 'drains':
      return {
        what: 'It drains: it finished what it had and ended by itself.',
        why: null,
        hint: `stop timeouts and drain.requests have to be longer than its ${duration(ms ?? 0)} and its slowest request.`,
      }
    case 'unproven':
      return {
        what: 'It ended by itself; whether it finishes what is under way was not seen.',
        why: null,
        hint: 'Name a path that takes seconds: belay doctor NAME --slow PATH.',
      }
    case 'cuts':
      return {
        what: 'It does not drain: it ended with a request under way.',
        why: 'Who is served by an old version when it is told to end gets no answer.',
        hint:
          port?.request === 'half-sent'
            ? `${recipe} Some servers drop none but half-sent requests: --slow PATH tells.`
            : recipe,
      }
    case 'ignores':
      return {
        what: 'It ignores SIGTERM and has to be killed.',
        why:
          seen?.first === true
            ? 'It is the first process of its container, which gets only the signals that it handles.'
            : 'Something in it takes the signal and does not end.',
        hint: recipe,
      }
    case 'unready':
      return {
        what: 'A second instance did not get so far that it could be tried.',
        why: null,
        hint: 'Look at what it wrote: the next update would start it just like that.',
      }
    case 'alone':
      return {
        what: 'Two of them do not get along.',
        why: 'While the second one ran, the one that people get was not itself.',
        hint: 'Write twice: false into traffic:, or find what both want: a port, a lock, a file.',
      }
  }
}

function about({ pid, first, handles }: ProcessSeen): string {
  const who = first ? `Process ${pid}, the first one of its container,` : `Process ${pid}`
  if (handles === true) return `${who} has a handler for SIGTERM.`
  if (handles === null) return `${who} may have a handler for SIGTERM: that cannot be seen from outside.`
  return first
    ? `${who} has no handler for SIGTERM, so that it does not reach it.`
    : `${who} has no handler for SIGTERM: it ends at once, with all that is under way.`
}

function notTried(reason: NotTried): string {
  switch (reason.why) {
    case 'no-slots':
      return 'Nothing was started or stopped: only a trial in a second slot (traffic: of the strategy) can show how it ends.'
    case 'not-installed':
      return 'Nothing was tried: it is not installed.'
    case 'not-served':
      return 'Nothing was tried: nobody is served by it at this moment.'
    case 'shared-door':
      return 'Nothing was tried: both slots share one socket, so people would reach the trial and be cut off with it.'
    case 'one-at-a-time':
      return 'Nothing was tried: twice: false says that two may never run at once.'
    case 'occupied':
      return `Nothing was tried: ${reason.slot} is not free, the version before is still on its way out.`
    case 'unfinished':
      return `Nothing was tried: run ${reason.run} was left behind. First: belay resume`
    case 'refused':
      return 'Nothing was tried: an update would be refused, too.'
  }
}
