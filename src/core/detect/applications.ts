import { type Candidate, candidateFindings, type CandidateFinding, type Evidence } from './deployment.ts'
import { mountsOf } from './mounts.ts'
import { applicationFolder, isInside, knownPlacesOf, parentOf } from './places.ts'
import { fileOf, type Reading, type Readings, valueOf } from './readings.ts'

const candidatesMax = 20
const evidencePerCandidateMax = 6

/** One reason why a folder may be an application's. */
interface Sign {
  readonly path: string
  readonly evidence: Evidence & { readonly finding: CandidateFinding }
  readonly unit?: string
  readonly running?: boolean
  readonly compose?: string
}

/** The folders that may be an application's, the most likely first: by their strongest sign, then what runs. */
export function applicationsOf(readings: Readings): readonly Candidate[] {
  const byPath = new Map<string, Sign[]>()
  for (const sign of signsOf(readings)) {
    if (isInside(sign.path, readings.program)) continue
    const known = byPath.get(sign.path)
    if (known === undefined) byPath.set(sign.path, [sign])
    else known.push(sign)
  }
  const ranked = [...byPath].map(([path, signs]) => ({
    candidate: candidateOf(path, signs, readings),
    rank: rank(signs),
  }))
  ranked.sort(
    (a, b) =>
      a.rank - b.rank ||
      Number(b.candidate.running) - Number(a.candidate.running) ||
      b.candidate.evidence.length - a.candidate.evidence.length ||
      (a.candidate.path < b.candidate.path ? -1 : 1),
  )
  return ranked.slice(0, candidatesMax).map(({ candidate }) => candidate)
}

function rank(signs: readonly Sign[]): number {
  return Math.min(...signs.map(({ evidence }) => candidateFindings.indexOf(evidence.finding)))
}

function candidateOf(path: string, signs: readonly Sign[], readings: Readings): Candidate {
  const access = readings.access[path]
  return {
    path,
    evidence: signs.slice(0, evidencePerCandidateMax).map(({ evidence }) => evidence),
    unit: signs.find(({ unit }) => unit !== undefined)?.unit ?? null,
    running: signs.some(({ running }) => running === true),
    git: signs.some(({ evidence }) => evidence.finding === 'git'),
    compose: signs.find(({ compose }) => compose !== undefined)?.compose ?? null,
    writable: allowed(access?.itself),
    parentWritable: allowed(access?.parent),
  }
}

/** A place that cannot be looked at cannot be written to, whatever the reason; one that was not looked at is not known. */
function allowed(reading: Reading<true> | undefined): boolean | null {
  return reading === undefined ? null : valueOf(reading) === true
}

function signsOf(readings: Readings): readonly Sign[] {
  return [
    ...unitSigns(readings),
    ...processSigns(readings),
    ...folderSigns(readings),
    ...containerSigns(readings),
    ...mountSigns(readings),
    ...knownSigns(readings),
  ]
}

function unitSigns({ units }: Readings): readonly Sign[] {
  return (valueOf(units) ?? []).flatMap(({ unit, active, workingDirectory, paths }) => {
    const working = applicationFolder(workingDirectory ?? '')
    const named = paths.map((path) => ({ path, folder: applicationFolder(folderOf(path)) }))
    // Where it works says where it is; the programs that it starts only do where that is not said.
    const found =
      working === null
        ? named.flatMap(({ path, folder }) => (folder === null ? [] : [{ folder, value: `ExecStart=${path}` }]))
        : [{ folder: working, value: `WorkingDirectory=${workingDirectory}` }]
    return found.slice(0, 1).map(({ folder, value }) => {
      const evidence = { finding: 'unit', program: 'systemctl', value: `${unit}: ${value}` } as const
      return { path: folder, evidence, unit, running: active }
    })
  })
}

/** The folder of a program or script; a folder that was named is itself. */
function folderOf(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : parentOf(path)
}

function processSigns({ processes }: Readings): readonly Sign[] {
  const seen = new Set<string>()
  return (valueOf(processes) ?? []).flatMap(({ pid, exe, cwd, terminal }) => {
    if (terminal && pid !== 1) return []
    const program = applicationFolder(exe === null ? '' : folderOf(exe))
    const working = applicationFolder(cwd ?? '')
    const path = program ?? working
    // Hidden folders hold the tools of people: editors, version managers, caches.
    if (path === null || isInside(path, '/tmp') || path.includes('/.') || seen.has(path)) return []
    seen.add(path)
    const file = `/proc/${pid}/${program === null ? 'cwd' : 'exe'}`
    const evidence = { finding: 'process', file, value: (program === null ? cwd : exe) ?? '' } as const
    return [{ path, evidence, running: true }]
  })
}

function folderSigns({ folders, checkout }: Readings): readonly Sign[] {
  const here = valueOf(checkout)?.path
  const all = folders.flatMap(({ path, git, compose }): readonly Sign[] => [
    ...(git ? [gitSign(path)] : []),
    ...(compose === null ? [] : [composeSign(path, `${path}/${compose}`)]),
  ])
  const listed = folders.some(({ path, git }) => git && path === here)
  return here === undefined || listed ? all : [...all, gitSign(here)]
}

function gitSign(path: string): Sign {
  return { path, evidence: { finding: 'git', file: `${path}/.git`, value: 'a git work tree' } }
}

function composeSign(path: string, file: string): Sign {
  return { path, compose: file, evidence: { finding: 'compose', file, value: 'a compose file' } }
}

function containerSigns({ engines }: Readings): readonly Sign[] {
  const running = engines.flatMap(({ answer }) =>
    (valueOf(answer)?.containers ?? []).map((each) => ({ ...each, engine: valueOf(answer)?.name ?? 'docker' })),
  )
  return running.flatMap(({ folder, files, project, service, engine }) => {
    if (folder === null || !folder.startsWith('/')) return []
    const named = files[0] === undefined ? {} : { compose: files[0] }
    const value = `${project}/${service} runs from ${files.join(', ') || folder}`
    return [{ path: folder, running: true, ...named, evidence: { finding: 'compose', program: engine, value } }]
  })
}

/** Disks that a person, or Windows, put in. */
const noApplications = /^\/(?:mnt|media|init$)/
/** The system's own, and a container's root. */
const ownFileSystems: ReadonlySet<string> = new Set([
  'tmpfs',
  'proc',
  'sysfs',
  'cgroup',
  'cgroup2',
  'devpts',
  'mqueue',
  'overlay',
  'squashfs',
])

/** What is mounted from elsewhere among applications: a volume, a host's folder, a disk of its own. */
function mountSigns(readings: Readings): readonly Sign[] {
  return mountsOf(fileOf(readings, '/proc/self/mountinfo') ?? '').flatMap(({ point, type, root, source }) => {
    if (noApplications.test(point) || ownFileSystems.has(type)) return []
    const path = applicationFolder(point)
    if (path === null || isInside(path, '/tmp') || path !== point) return []
    const value = `${point} from ${root === '/' ? source : root}`
    return [{ path, evidence: { finding: 'mount', file: '/proc/self/mountinfo', value } }]
  })
}

function knownSigns({ folders, home }: Readings): readonly Sign[] {
  const known = new Set(knownPlacesOf(home))
  return folders.flatMap(({ path }) =>
    known.has(path) ? [{ path, evidence: { finding: 'known', file: path, value: 'a known place' } }] : [],
  )
}
