import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { visit } from '../../examples/demo/visitor.ts'
import type { RunReport } from '../../src/ports/engine.ts'
import type { ComposeProject } from '../e2e/bed/compose.ts'
import { type ContainerBed, startContainers } from '../e2e/bed/containers.ts'
import { type Door, forwardPort } from '../e2e/bed/network.ts'
import type { Section } from './section.ts'
import { median, summary } from './stats.ts'

const payloadBytes = 50_000_000
const repository = 'bench/app'
const pairs = 20
const pairsWarm = 1
const visitEveryMs = 2
const patienceMs = 50
const [oldVersion, newVersion] = ['1.0.0', '1.1.0'] as const

interface Took {
  readonly ms: number
  readonly downMs: number
}

interface Side {
  readonly project: ComposeProject
  readonly door: Door
  /** From 1.0.0, which runs, to 1.1.0. */
  update(): Promise<void>
}

/** Belay against `docker-compose pull && docker-compose up -d` by hand, with the same images, engine and registry. */
export async function composePart(): Promise<Section> {
  await using bed = await startContainers()
  for (const version of [oldVersion, newVersion]) await bed.push(repository, { version, payloadBytes })
  const state = await mkdtemp(join(tmpdir(), 'belay-bench-'))
  try {
    const reports: RunReport[] = []
    const [belay, hand] = [await belaySide(bed, state, reports), await handSide(bed)]
    for (const { project } of [belay, hand]) await reset(bed, project)
    const ours: Took[] = []
    const theirs: Took[] = []
    for (let pair = -pairsWarm; pair < pairs; pair++) {
      const [mine, other] = pair < 0 ? [[], []] : [ours, theirs]
      // Who goes first changes, so that neither always finds the other's traces.
      const order = [() => timed(bed, belay, mine), () => timed(bed, hand, other)]
      for (const go of pair % 2 === 0 ? order : order.toReversed()) await go()
    }
    await Promise.all([belay, hand].map(({ door }) => door.close()))
    return section(ours, theirs, reports.slice(pairsWarm))
  } finally {
    await rm(state, { recursive: true, force: true })
  }
}

async function timed(bed: ContainerBed, side: Side, into: Took[]): Promise<void> {
  const visitor = keepAsking(side.door)
  await visitor.until(oldVersion)
  const startedAt = performance.now()
  const updating = side.update()
  const answered = visitor.until(newVersion)
  // Where the update fails nobody waits for an answer.
  const answeredAt = await Promise.race([answered, updating.then(() => answered)])
  await updating
  into.push({ ms: answeredAt - startedAt, downMs: await visitor.stop() })
  await reset(bed, side.project)
}

interface Visitor {
  /** When that version answered first, on the clock of `performance.now`. */
  until(version: string): Promise<number>
  /** For how long nothing answered, from the last answer to the next one, summed up. */
  stop(): Promise<number>
}

/**
 * Somebody who asks for the version over and over, and does not wait for an answer that does not come at once: a
 * connection that is opened while the container starts may hang for a second, and would measure that instead.
 */
function keepAsking(door: Door): Visitor {
  const first = new Map<string, number>()
  const stopping = new AbortController()
  let downMs = 0
  const look = async (): Promise<void> => {
    let lastAt = performance.now()
    let down = false
    while (!stopping.signal.aborted) {
      const version = await Promise.race([versionAt(door), pause(patienceMs, null)])
      const now = performance.now()
      if (version !== null && down) downMs += now - lastAt
      if (version !== null) lastAt = now
      if (version !== null && !first.has(version)) first.set(version, now)
      down = version === null
      await pause(visitEveryMs)
    }
  }
  const looking = look()
  return {
    until: async (version) => {
      while (!first.has(version)) await pause(visitEveryMs)
      return first.get(version) ?? Number.NaN
    },
    stop: async () => {
      stopping.abort()
      await looking
      return downMs
    },
  }
}

function versionAt(door: Door): Promise<string | null> {
  return visit(`${door.url}/version`).then(
    ({ status, body }) => (status === 200 ? body.trim() : null),
    () => null,
  )
}

/**
 * The kernel asks once a second for the hardware address of a container that is not there yet, which would round every
 * outage up to a second more than it was: in this engine's own network it asks more often.
 */
const askSooner = 'for bridge in /proc/sys/net/ipv4/neigh/br-*; do echo 20 >"$bridge/retrans_time_ms"; done'

/** 1.0.0 runs, and the engine has nothing of 1.1.0. */
async function reset(bed: ContainerBed, project: ComposeProject): Promise<void> {
  await project.write('docker-compose.yml', composeFile(bed, project, oldVersion))
  await project.compose(['up', '-d'])
  await project.run(['sh', '-c', askSooner])
  const ids = await imagesOf(bed, newVersion)
  if (ids.length > 0) await bed.engine.docker(['image', 'rm', '--force', ...ids])
  if ((await imagesOf(bed, newVersion)).length > 0)
    throw new Error(`the engine keeps ${newVersion}: nothing would be pulled`)
}

async function imagesOf(bed: ContainerBed, version: string): Promise<readonly string[]> {
  const { stdout } = await bed.engine.docker(['image', 'ls', '--quiet', '--filter', `label=${label}=${version}`])
  return [...new Set(stdout.split('\n').filter((id) => id !== ''))]
}

const label = 'org.opencontainers.image.version'

function composeFile(bed: ContainerBed, { port }: ComposeProject, version: string): string {
  return `version: "3.7"
services:
  app:
    image: ${bed.registry.host}/${repository}:${version}
    ports: [ "127.0.0.1:${port}:8080" ]
`
}

async function doorOf(bed: ContainerBed, { port }: ComposeProject): Promise<Door> {
  return forwardPort(bed.engine.gateway, () => ({ host: '127.0.0.1', port }))
}

async function belaySide(bed: ContainerBed, state: string, reports: RunReport[]): Promise<Side> {
  const project = await bed.project('docker-compose')
  await writeFile(join(state, 'belay.json'), JSON.stringify(config(bed, project)))
  const globals = ['-c', join(state, 'belay.json'), '--state', join(state, 'state')]
  return {
    project,
    door: await doorOf(bed, project),
    update: async () => {
      const said = await bed.belay(project, [...globals, 'update', 'app', '--to', newVersion, '--yes', '--json'])
      if (said.code !== 0) throw new Error(`${said.stdout}\n${said.stderr}`)
      reports.push(JSON.parse(said.stdout) as RunReport)
    },
  }
}

function config(bed: ContainerBed, project: ComposeProject): object {
  return {
    version: 1,
    agent: { allow_http: ['127.0.0.1'] },
    components: {
      app: {
        source: { type: 'oci', image: `${bed.registry.host}/${repository}` },
        strategy: { type: 'compose', file: project.path(), service: 'app' },
      },
    },
  }
}

async function handSide(bed: ContainerBed): Promise<Side> {
  const project = await bed.project('docker-compose')
  return {
    project,
    door: await doorOf(bed, project),
    update: async () => {
      await project.write('docker-compose.yml', composeFile(bed, project, newVersion))
      const compose = `docker-compose --project-directory ${project.folder} -f ${project.path()} -p ${project.name}`
      const { code, stderr } = await project.run(['sh', '-c', `${compose} pull && ${compose} up -d`])
      if (code !== 0) throw new Error(stderr)
    },
  }
}

const seconds = { unit: 's', show: (ms: number) => (ms / 1000).toFixed(2) }

function section(ours: readonly Took[], theirs: readonly Took[], reports: readonly RunReport[]): Section {
  const line = (what: string, of: (took: Took) => number, most: number) => {
    const [mine, other] = [ours.map(of), theirs.map(of)]
    return {
      what,
      ours: summary(mine, seconds.unit, seconds.show),
      theirs: summary(other, seconds.unit, seconds.show),
      value: median(mine) / median(other),
      most,
      unit: '×',
    }
  }
  return {
    part: 'compose',
    title: 'An update of a container against doing it by hand',
    about:
      `One service of a compose file, from one image of ${payloadBytes / 1e6} MB to the next, which has to be pulled, on a real engine with a real registry beside it. By hand: the tag is written into the file, then \`docker-compose pull && docker-compose up -d\`, with no check and no way back. Belay has resolved the old file before, as any check or status does; the first time it asks compose once more. ` +
      `Medians of ${ours.length} pairs in turn, the middle half in brackets. The whole is counted to the first answer of the new version; the outage is what a visitor asking every ${visitEveryMs} ms sees.`,
    goals: [line('to the first answer', (took) => took.ms, 1.2), line('outage', (took) => took.downMs, 1.05)],
    more: stepTable(reports),
  }
}

/** Where Belay's time goes: medians of each step that takes part in it. */
function stepTable(reports: readonly RunReport[]): readonly string[] {
  const rows = (reports[0]?.steps ?? []).map((step, at) => ({
    kind: step.kind,
    ms: median(reports.map((report) => report.steps[at]?.ms ?? 0)),
  }))
  const shown = rows.filter(({ ms }) => ms >= 1).map(({ kind, ms }) => `| ${kind} | ${ms.toFixed(0)} ms |`)
  return ['| step | median |', '|---|---|', ...shown]
}
