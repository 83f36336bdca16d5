import type { Deployment, DeploymentKind, StrategyChoice } from './deployment.ts'
import type { Readings } from './readings.ts'

type Known = Pick<Deployment, 'kind' | 'systemd' | 'unprivileged' | 'development' | 'privileges'>

/**
 * The default for a host. A checkout that somebody works in comes before all: nothing there is an installation.
 * Inside a container of an image, its files are the image's: a new image is the update, and the volumes are the data.
 * A container that is a system, or one that we know little of, may refuse to have folders made and renamed beside an
 * application: it is updated at its place. A machine of its own keeps versions beside each other.
 */
export function defaultStrategy(known: Known): StrategyChoice {
  if (known.development !== null) return { type: 'git', localChanges: 'stash', why: 'development' }
  const service = known.systemd ? 'systemd' : 'process'
  switch (known.kind) {
    case 'docker':
    case 'podman':
      return { type: 'compose', data: 'volumes', why: 'container-image' }
    case 'lxc':
      return { type: 'directory', layout: 'in-place', service, why: 'system-container' }
    case 'nspawn':
      return known.unprivileged === false
        ? { type: 'directory', layout: 'slots', service, why: 'own-machine' }
        : { type: 'directory', layout: 'in-place', service, why: 'system-container' }
    case 'vm':
    case 'bare-metal':
    case 'wsl':
    case 'macos':
      return { type: 'directory', layout: 'slots', service, why: 'own-machine' }
    case 'windows':
      return { type: 'directory', layout: 'in-place', service: 'windows', why: 'windows' }
    case 'container-other':
      return { type: 'directory', layout: 'in-place', service, why: 'closed-container' }
    case 'unknown':
      return { type: 'directory', layout: 'in-place', service, why: 'unknown-host' }
  }
}

/** What else would work here as it is. */
export function otherStrategies(known: Known, chosen: StrategyChoice, readings: Readings): readonly StrategyChoice[] {
  const service = serviceFor(known.kind, known.systemd)
  const all: StrategyChoice[] = []
  const engine = known.privileges.engines.some(({ usable }) => usable)
  if (engine && readings.composePrograms.length > 0) all.push({ type: 'compose', data: 'volumes', why: 'engine-here' })
  all.push({ type: 'directory', layout: known.kind === 'windows' ? 'in-place' : 'slots', service, why: 'any-archive' })
  if (readings.programs.includes('git')) all.push({ type: 'git', why: 'git-here' })
  all.push({ type: 'files', why: 'any-tree' })
  return all.filter(({ type }) => type !== chosen.type)
}

function serviceFor(kind: DeploymentKind, systemd: boolean): 'systemd' | 'process' | 'windows' {
  return kind === 'windows' ? 'windows' : systemd ? 'systemd' : 'process'
}
