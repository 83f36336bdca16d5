import type { Candidate, Deployment } from '../../core/detect/deployment.ts'
import { hostSentence, reasonOf, strategyName } from '../render/detect-words.ts'
import { type ComponentFacts, noComponent, type Origin, weights } from './facts.ts'

/** What stands at the top of a config that nobody named files for. */
export function hostLines(host: Deployment): readonly string[] {
  return [
    `${hostSentence(host)} What fits here by default: ${strategyName(host.strategy)}. ${reasonOf(host.strategy.why)}`,
    ...host.applications.slice(0, candidatesMax).map(candidateLine),
  ]
}

const candidatesMax = 10

function candidateLine({ path, unit, git, compose }: Candidate): string {
  const found = [
    ...(unit === null ? [] : [`the unit ${unit}`]),
    ...(git ? ['a git checkout'] : []),
    ...(compose === null ? [] : ['a compose file']),
  ]
  const why = found.length === 0 ? '' : ` (${found.join(', ')})`
  return `There is something in ${path}${why}: belay init --from ${path}`
}

/** The example to fill in, by the strategy that fits this host. */
export function exampleFor(host: Deployment | null): ComponentFacts {
  const { type, layout } = host?.strategy ?? { type: 'directory' as const }
  const example = { ...noComponent, layout: layout ?? null }
  switch (type) {
    case 'directory':
      return example
    case 'git':
      return withOrigin(example, { kind: 'git', url: 'https://github.com/OWNER/REPOSITORY.git', ref: 'main' })
    case 'files':
      return withOrigin(example, { kind: 'github-tree', repo: 'OWNER/REPOSITORY', branch: 'main', api: null })
    case 'compose':
      return withOrigin(example, { kind: 'oci', image: 'ghcr.io/example/app' })
  }
}

function withOrigin(example: ComponentFacts, origin: Origin): ComponentFacts {
  return { ...example, ways: [{ origin, why: 'change this', weight: weights.guess, notes: [] }] }
}
