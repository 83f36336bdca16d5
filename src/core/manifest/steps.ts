import { parseReference, sameRepository } from '../image/reference.ts'
import { sameVersion } from '../version/compare.ts'
import {
  type AskedStep,
  type ManifestComponent,
  type ManifestPath,
  type ManifestRelease,
  type Reason,
  reason,
} from './facts.ts'
import type { ManifestAction } from './manifest.ts'
import { otherService } from './own.ts'
import { below, commandNaming, isInside, placeOf } from './places.ts'

/** Judges what one entry asks for against what the built-in procedure does. Nothing of it is ever run. */
export function judgeStep(
  step: ManifestAction,
  path: ManifestPath,
  component: ManifestComponent,
  release: ManifestRelease,
): AskedStep | readonly Reason[] {
  const foreign = foreignKind(step.action, component)
  if (foreign !== null) return [reason([...path, 'action'], foreign)]
  const wrong = wrongs(step, component, release)
  if (wrong.length > 0) return wrong.map(([key, message]) => reason([...path, key], message))
  return { action: step.action, detail: detailOf(step), done: doneBy(step, component) }
}

type Wrong = readonly [key: string, message: string]

const ofContainers: ReadonlySet<ManifestAction['action']> = new Set([
  'backup_compose',
  'update_compose',
  'pull_image',
  'restart_service',
  'restore_compose',
])

function foreignKind(action: ManifestAction['action'], { containers, name }: ManifestComponent): string | null {
  if (ofContainers.has(action) === containers) return null
  return containers
    ? `${action} is a step for files, but ${name} is updated by its image`
    : `${action} is a step for containers, but ${name} is updated by its files`
}

function wrongs(step: ManifestAction, component: ManifestComponent, release: ManifestRelease): readonly Wrong[] {
  switch (step.action) {
    case 'backup_compose':
    case 'restore_compose':
      return []
    case 'restart_service':
      return one('service', otherService(step.service, component))
    case 'stop_service':
    case 'start_service':
      return one('service_name', otherService(step.service_name, component))
    case 'update_compose':
      return [
        ...one('service', otherService(step.service, component)),
        ...one('image_tag', otherTag(step.image_tag, release)),
      ]
    case 'pull_image':
      return one('image', otherImage(step.image, component, release))
    case 'download_artifact':
      return one('url', otherFile(fileNameOf(step.url), release) ?? otherOrigin(step.url, release))
    case 'extract_artifact':
      return [
        ...one('archive', otherFile(step.archive, release)),
        ...one('destination', notTheTree(step.destination, component)),
      ]
    case 'backup_installation':
      return [
        ...one('source', notTheTree(step.source, component)),
        ...one('destination', outside(step.destination, [...component.backups, ...own(component)], component)),
      ]
    case 'restore_backup':
      return [
        ...one('source', foreignBackup(step.source, component)),
        ...one('destination', notTheTree(step.destination, component)),
      ]
    case 'install_requirements':
    case 'run_migrations': {
      const { key, text } = fileOf(step)
      const place = outside(text, own(component), component)
      if (place !== null) return one(key, place)
      return step.optional === true || isLocal(step, component) ? [] : one(key, notLocal(step, component))
    }
  }
}

function one(key: string, message: string | null): readonly Wrong[] {
  return message === null ? [] : [[key, message]]
}

function own({ path }: ManifestComponent): readonly string[] {
  return path === null ? [] : [path]
}

function otherTag(tag: string, release: ManifestRelease): string | null {
  if (tag === release.tag || tag === release.version) return null
  return `names the tag ${tag}, but this release is ${release.tag}`
}

function otherImage(text: string, { image, scheme, name }: ManifestComponent, release: ManifestRelease): string | null {
  const named = parseReference(text)
  const followed = image === null ? null : parseReference(image)
  if (named === null) return `${JSON.stringify(text)} is no image`
  if (followed === null || !sameRepository(named, followed))
    return `${text} is not the image of ${name}: write ${image}`
  if (named.tag === null) return named.digest === null ? `names no tag: write ${image}:${release.tag}` : null
  return sameVersion(named.tag, release.version, scheme) ? null : otherTag(named.tag, release)
}

function fileNameOf(url: string): string {
  const path = URL.parse(url)?.pathname ?? ''
  try {
    return decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))
  } catch {
    return path.slice(path.lastIndexOf('/') + 1)
  }
}

function otherFile(name: string, { artifact }: ManifestRelease): string | null {
  if (artifact === null) return `names the file ${name}, but nothing is downloaded for this release`
  return name === artifact.name ? null : `names the file ${name || '""'}, but this release installs ${artifact.name}`
}

/** The bytes come from the release itself; an address that leads elsewhere describes another download. */
function otherOrigin(url: string, { artifact }: ManifestRelease): string | null {
  const [asked, known] = [URL.parse(url), URL.parse(artifact?.url ?? '')]
  if (asked === null || !/^https?:$/.test(asked.protocol) || asked.username !== '')
    return `${url} is no address of a release`
  if (known === null || known.host === asked.host || !/^https?:$/.test(known.protocol)) return null
  // A private repository is read by its API, whose host is another one than that of the page.
  const sites = [known.hostname, asked.hostname].map((host) => host.split('.').slice(-2).join('.'))
  return sites[0] === sites[1] ? null : `downloads from ${asked.host}, but this release is at ${known.host}`
}

function notTheTree(text: string, component: ManifestComponent): string | null {
  const place = outside(text, own(component), component)
  if (place !== null || component.path === null) return place
  if (placeOf(text, component.path) === placeOf(component.path, null)) return null
  return `names ${text}, but the whole of ${component.path} is what is updated`
}

function outside(text: string, folders: readonly string[], { path, name }: ManifestComponent): string | null {
  const place = placeOf(text, path)
  if (place === null) return `${JSON.stringify(text)} is no place that can be told: write an absolute path without ..`
  if (folders.some((folder) => isInside(place, folder))) return null
  return `${text} lies outside of ${name}: ${folders.length === 0 ? 'it has no folder' : `its folders are ${folders.join(', ')}`}`
}

/** Whatever it says, the way back is what this very run kept; a name of another thing is refused all the same. */
function foreignBackup(source: string | undefined, component: ManifestComponent): string | null {
  if (source === undefined || source === 'latest_backup' || source === 'own_backup') return null
  return outside(source, [...component.backups, ...own(component)], component)
}

type FileStep = Extract<ManifestAction, { action: 'install_requirements' | 'run_migrations' }>

function fileOf(step: FileStep): { readonly key: string; readonly text: string } {
  return step.action === 'run_migrations'
    ? { key: 'script', text: step.script }
    : { key: 'requirements_file', text: step.requirements_file }
}

/** Programs come from the config of this host alone: the manifest may only name what stands there already. */
function localCommand(step: FileStep, component: ManifestComponent): readonly string[] | null {
  const place = placeOf(fileOf(step).text, component.path)
  const commands = step.action === 'run_migrations' ? component.migrate : component.prepare
  return place === null || component.path === null ? null : commandNaming(commands, place, component.path)
}

function isLocal(step: FileStep, component: ManifestComponent): boolean {
  return localCommand(step, component) !== null
}

function notLocal(step: FileStep, component: ManifestComponent): string {
  const { text } = fileOf(step)
  return `this host names no such thing, and belay runs only what its own config names. If it should be run, add to the strategy of ${component.name}: ${lineFor(step, component)}${text === '' ? '' : ', or write optional: true'}`
}

function lineFor(step: FileStep, { path }: ManifestComponent): string {
  const place = placeOf(fileOf(step).text, path)
  const file = (place === null || path === null ? null : below(place, path)) ?? fileOf(step).text
  return step.action === 'run_migrations'
    ? `migrate: [ [ ${file} ] ]`
    : `prepare: [ [ python3, -m, venv, .venv ], [ .venv/bin/python, -m, pip, install, -r, ${file} ] ]`
}

function detailOf(step: ManifestAction): string {
  switch (step.action) {
    case 'backup_compose':
    case 'restore_compose':
      return ''
    case 'restart_service':
      return step.service
    case 'update_compose':
      return `${step.service} to ${step.image_tag}`
    case 'pull_image':
      return step.image
    case 'download_artifact':
      return fileNameOf(step.url)
    case 'backup_installation':
      return step.source
    case 'stop_service':
    case 'start_service':
      return step.service_name
    case 'extract_artifact':
      return step.archive
    case 'install_requirements':
    case 'run_migrations':
      return fileOf(step).text
    case 'restore_backup':
      return step.destination
  }
}

function doneBy(step: ManifestAction, component: ManifestComponent): string {
  switch (step.action) {
    case 'backup_compose':
      return 'kept: the file as it was, before it is edited'
    case 'restore_compose':
      return 'undo of the edit: this one tag alone'
    case 'restart_service':
      return 'start'
    case 'update_compose':
      return 'edit'
    case 'pull_image':
      return 'pull'
    case 'download_artifact':
      return 'download'
    case 'backup_installation':
      return 'kept: the version that runs now'
    case 'stop_service':
      return 'stop'
    case 'start_service':
      return 'start'
    case 'extract_artifact':
      return 'unpack'
    case 'install_requirements':
    case 'run_migrations': {
      const command = localCommand(step, component)
      const kind = step.action === 'run_migrations' ? 'migrate' : 'prepare'
      return command === null
        ? `skipped: it is optional, and this host has no ${lineFor(step, component)}`
        : `${kind}: ${command.join(' ')}`
    }
    case 'restore_backup':
      return "undo of the switch: this run's own version, whatever the manifest names"
  }
}
