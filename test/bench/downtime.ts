import { join } from 'node:path'
import { failures, type LoadResult } from '../fakes/traffic/load-result.ts'
import { composePlace } from './downtime-compose.ts'
import { seconds } from './downtime-load.ts'
import { openDevice } from './downtime-device.ts'
import { reloadByHand } from './downtime-hand.ts'
import { hostPlace, openReleases } from './downtime-host.ts'
import { type Allowed, type Place, startupMs } from './downtime-place.ts'
import type { Goal, Section } from './section.ts'
import { median, summary } from './stats.ts'

const stallMsMore = 100

interface Seen {
  readonly changed: LoadResult[]
  readonly beside: LoadResult[]
}

/** What people notice of an update, by each way to do it. */
export async function downtimePart(quick: boolean): Promise<Section> {
  const rounds = quick ? 1 : 5
  await using stack = new AsyncDisposableStack()
  const releases = stack.use(await openReleases())
  const device = stack.use(await openDevice(releases))
  const byHand = stack.use(await reloadByHand(join(releases.lab.dir, 'by-hand')))
  const places: Place[] = [device.restart, stack.use(await composePlace()), byHand, device.socket]
  for (const kind of ['haproxy', 'nginx', 'caddy', 'builtin'] as const) {
    places.push(stack.use(await hostPlace(kind, releases)))
  }
  const seen = new Map<Place, Seen>(places.map((place) => [place, { changed: [], beside: [] }]))
  for (let round = 0; round < rounds; round++) {
    for (const [place, { changed, beside }] of round % 2 === 0 ? seen : [...seen].toReversed()) {
      if (place.beside !== null) beside.push(await place.beside())
      changed.push(await place.change())
      tell(place, changed.at(-1), beside.at(-1))
    }
  }
  return section(seen, rounds)
}

function tell({ name }: Place, changed: LoadResult | undefined, beside: LoadResult | undefined): void {
  console.error(
    `  ${name}: ${JSON.stringify(changed)}${beside === undefined ? '' : `\n    beside: ${JSON.stringify(beside)}`}`,
  )
}

const ms = (value: number) => value.toFixed(0)
const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0)
const stalls = (results: readonly LoadResult[]) => results.map(({ worstStallMs }) => worstStallMs)

function goalsOf({ name, allowed }: Place, { changed, beside }: Seen): readonly Goal[] {
  if (allowed === null) return []
  const asked = sum(changed.map(({ requests }) => requests))
  const failed = sum(changed.map(failures))
  const unanswered = sum(changed.map(({ slow }) => slow.asked - slow.answered))
  const cut = sum(changed.map(({ streams }) => streams.cutAtMs.length))
  const streams = sum(changed.map(({ streams: { opened } }) => opened))
  const late = changed.filter(({ versions }) => Object.keys(versions).length < 2).length
  const slow = sum(changed.map(({ slow: { asked: all } }) => all))
  const row = (what: string, ours: string, value: number, most: number, unit: string, theirs = ''): Goal => ({
    what: `${name}: ${what}`,
    ours,
    theirs,
    value,
    most,
    unit,
  })
  return [
    lostRow(row, failed, asked, allowed),
    row(
      'worst stall',
      summary(stalls(changed), 'ms', ms),
      median(stalls(changed)) - median(stalls(beside)),
      stallMsMore,
      'ms more',
      summary(stalls(beside), 'ms', ms),
    ),
    row('slow requests not answered', `${unanswered} of ${slow}`, unanswered, 0, 'requests'),
    row('streams cut', `${cut} of ${streams}`, cut, 0, 'streams'),
    ...(late === 0 ? [] : [row('updates that people did not see to their end', `${late}`, late, 0, 'updates')]),
  ]
}

function lostRow(
  row: (what: string, ours: string, value: number, most: number, unit: string) => Goal,
  failed: number,
  asked: number,
  { failed: most, of }: Allowed,
): Goal {
  const told = `${failed} of ${asked.toLocaleString('en')}`
  if (most === 0) return row('failed requests', told, failed, 0, 'requests')
  return row('failed requests', told, (failed / asked) * of, most, `in ${of.toLocaleString('en')}`)
}

function section(seen: ReadonlyMap<Place, Seen>, rounds: number): Section {
  const rows = [...seen].map(([{ name, allowed }, { changed }]) => {
    const cut = changed.map(({ streams }) => streams.cutAtMs.length)
    const cells = [
      allowed === null ? name : `Belay, ${name}`,
      `${summary(changed.map(failures), 'requests', ms)} of ${ms(median(changed.map(({ requests }) => requests)))}`,
      summary(stalls(changed), 'ms', ms),
      summary(
        changed.map(({ gapMs }) => gapMs),
        'ms',
        ms,
      ),
      `${sum(changed.map(({ slow }) => slow.answered))} of ${sum(changed.map(({ slow }) => slow.asked))}`,
      `${sum(cut)} of ${sum(changed.map(({ streams }) => streams.opened))}`,
    ]
    return `| ${cells.join(' | ')} |`
  })
  return {
    part: 'downtime',
    title: 'What people notice of an update',
    about:
      `One update each under 40 clients that keep their connections, ask every 30 ms and try nothing twice, 4 more that ask for what takes 3 s, and 10 open WebSockets; ${seconds} s, ${rounds} times in turn, with an application that needs ${startupMs / 1000} s to start. ` +
      'The worst stall is the longest that any client went without a good answer, failures in between included. Beside it: the same people while a second instance starts and ends, and nobody is sent there. ' +
      'By hand, in the table below: an ordinary unit by `systemctl restart`, a service of a compose file by `docker-compose up -d`, and nginx with the old instance ended as soon as its reload returned.',
    goals: [...seen].flatMap(([place, results]) => goalsOf(place, results)),
    more: [
      '| one update | failed requests | worst stall | nobody got an answer for | slow requests answered | streams cut |',
      '|---|---|---|---|---|---|',
      ...rows,
    ],
  }
}
