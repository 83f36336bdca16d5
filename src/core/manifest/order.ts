import type { ManifestAction } from './manifest.ts'
import { type Reason, reason } from './facts.ts'

type Name = ManifestAction['action']

/** What the built-in procedure does before what, and why: a manifest that has it the other way round describes another update. */
const before: readonly (readonly [first: Name, then: Name, why: string])[] = [
  ['download_artifact', 'extract_artifact', 'an archive is there before it is unpacked'],
  ['download_artifact', 'stop_service', 'the download is done while the old version runs'],
  ['backup_installation', 'extract_artifact', 'the way back is there before anything is replaced'],
  ['stop_service', 'run_migrations', 'data is changed while nothing uses it'],
  ['extract_artifact', 'install_requirements', 'requirements are those of the new version'],
  ['extract_artifact', 'run_migrations', 'migrations are those of the new version'],
  ['extract_artifact', 'start_service', 'the new version is in place before it starts'],
  ['install_requirements', 'start_service', 'requirements are there before the new version starts'],
  ['run_migrations', 'start_service', 'data is changed before the new version starts'],
  ['stop_service', 'start_service', 'a service is stopped before it is started again'],
  ['backup_compose', 'update_compose', 'the way back is there before anything is changed'],
  ['update_compose', 'restart_service', 'the new tag is written before the service starts with it'],
  ['pull_image', 'restart_service', 'the image is pulled while the old one runs'],
]

const beforeBack: readonly (readonly [first: Name, then: Name, why: string])[] = [
  ['stop_service', 'restore_backup', 'a service is stopped before its files are put back'],
  ['restore_backup', 'start_service', 'the old version is in place before it starts'],
  ['stop_service', 'start_service', 'a service is stopped before it is started again'],
  ['restore_compose', 'restart_service', 'the old tag is there before the service starts with it'],
]

/** Where the order of a list is not that of the built-in procedure, and what is there twice or only half. */
export function orderReasons(
  list: 'update_steps' | 'rollback_steps',
  actions: readonly { readonly action: Name }[],
): readonly Reason[] {
  const names = actions.map(({ action }) => action)
  const at = (index: number) => [list, index, 'action'] as const
  const rules = list === 'update_steps' ? before : beforeBack
  const wrong = rules.flatMap(([first, then, why]) => {
    const [here, there] = [names.lastIndexOf(first), names.indexOf(then)]
    if (here === -1 || there === -1 || here < there) return []
    return [reason(at(there), `${then} comes before ${first}, but ${why}: put ${first} first`)]
  })
  const twice = names.flatMap((name, index) =>
    manyTimes.has(name) || names.indexOf(name) === index
      ? []
      : [reason(at(index), `${name} is here twice, and is done once: keep one of the two`)],
  )
  return [...wrong, ...twice, ...neverStarted(list, names)]
}

/** A component may have several services of one image. */
const manyTimes: ReadonlySet<Name> = new Set(['update_compose', 'pull_image', 'restart_service'])

function neverStarted(list: 'update_steps' | 'rollback_steps', names: readonly Name[]): readonly Reason[] {
  const stop = names.indexOf('stop_service')
  if (stop === -1 || names.includes('start_service')) return []
  return [
    reason(
      [list, stop, 'action'],
      'stop_service has no start_service after it: the built-in procedure starts it again',
    ),
  ]
}
