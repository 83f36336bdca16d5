import { posix } from 'node:path'
import { componentName } from '../names.ts'
import type { Advice, Auto, Reasoned } from './advice.ts'
import { type Followed, followImage } from './image.ts'
import type { ComposeFacts, ComposeFile, ContainerFacts, LeftOut } from './facts.ts'
import type { ComposeService } from './read.ts'
import { ownNames, related } from './relations.ts'
import { readTools, type Tools } from './tools.ts'

/** All files at once: the tool that updates one of them may stand in another. */
export function composeFacts(files: readonly ComposeFile[]): ComposeFacts {
  const tools = readTools(files.flatMap(({ text }) => text.services))
  const containers: ContainerFacts[] = []
  const leftOut: LeftOut[] = []
  for (const file of files) {
    for (const service of file.text.services) {
      if (tools.services.has(service)) continue
      const found = containerOf(service, file, tools)
      if ('why' in found) leftOut.push({ service: service.name, file: file.files[0], why: found.why })
      else containers.push(found)
    }
  }
  const named = related(ownNames(containers), files)
  return {
    ...named,
    leftOut,
    tools: tools.notes,
    schedule: tools.schedule,
    notes: [...files.flatMap(fileNotes), ...named.notes],
  }
}

function containerOf(
  service: ComposeService,
  file: ComposeFile,
  tools: Tools,
): ContainerFacts | { readonly why: string } {
  const advices = tools.adviceFor(service)
  const leaves = advices.map((each) => each.leaves)
  if (leaves.length > 0 && leaves.every((each) => each !== null)) return { why: leaves.join('; ') }
  const found = followImage(service)
  if ('why' in found) return found
  const heard = advices.filter((each) => each.leaves === null)
  const followed = keepTag(found, heard.length === 0 || heard.some((each) => each.followsTag))
  const [first] = heard
  const auto = autoOf(followed, heard)
  return {
    ...followed,
    ...dunebugger(followed.image, service.name),
    files: file.files,
    service: service.name,
    written: service.image ?? '',
    profiles: service.profiles,
    auto,
    window:
      first?.schedule?.window && auto.value !== 'none'
        ? { value: first.schedule.window, why: first.schedule.why }
        : null,
    // A range says nothing about a tag without a version, and holding it would hold everything.
    hold: followed.tag === null ? heard.flatMap((each) => each.hold) : [],
    requires: heard.flatMap((each) => each.after).map((value) => ({ value, why: "Watchtower's depends-on" })),
    startsAfter: service.dependsOn,
    stopGrace: heard.find((each) => each.stopGrace !== null)?.stopGrace ?? null,
    data: dataOf(service, file),
    hasHealthcheck: service.hasHealthcheck,
    port: service.ports[0] ?? null,
    notes: [
      ...followed.notes,
      ...heard.flatMap((each) => each.notes),
      ...(followed.tag === null
        ? []
        : heard.flatMap((each) => each.hold).map(({ why }) => `${why}: the tag that runs names no version to compare`)),
    ],
  }
}

/** A version that is written out did not move under a tool that follows the tag: nothing begins to move by itself. */
function autoOf({ version, tag }: Followed, heard: readonly Advice[]): Reasoned<Auto> {
  const [first] = heard
  if (first === undefined)
    return { value: 'none', why: 'nothing is installed without being asked; also: patch, minor, all' }
  if (!first.followsTag || tag !== null || first.auto.value === 'none') return first.auto
  return { value: 'none', why: `${first.tool} stayed with ${version}; belay offers what comes after it: choose` }
}

/** `16` and `1.25` are names that move from image to image: whoever followed them goes on doing so. */
function keepTag(followed: Followed, keepsTag: boolean): Followed {
  const { tag, version, precision } = followed
  if (tag !== null || version === null || !keepsTag || precision > 2) return followed
  const why = `${version} moves from image to image: each new one under it is the update. Without this line, newer versions follow`
  return { ...followed, tag: { value: version, why } }
}

/** The components of DuneBugger have names of their own, whatever their services are called. */
function dunebugger(image: string, service: string): Pick<ContainerFacts, 'name' | 'aliases'> {
  const short = /\/(dunebugger-([a-z]+))$/.exec(image)
  if (short === null) return { name: componentName(service), aliases: [] }
  return { name: short[2] ?? service, aliases: [short[1] ?? service] }
}

function fileNotes({ files: [first], text }: ComposeFile): readonly string[] {
  const more = [...new Set(text.elsewhere)]
  // What another file brings is not known here.
  if (more.length > 0) return [`${first} takes in ${more.join(', ')}: services of those are not in this file`]
  const names = new Set(text.services.map(({ name }) => name))
  return text.services.flatMap(({ name, dependsOn }) =>
    dependsOn
      .filter((each) => !names.has(each))
      .map((each) => `${first}: ${name} depends_on ${each}, and there is no such service, so compose refuses the file`),
  )
}

const systemPlaces = /^\/(?:etc|proc|sys|dev|run|var\/run|usr|lib|bin|sbin)(?:\/|$)|\.sock$|^\/$/

function dataOf({ mounts }: ComposeService, { files: [first], text }: ComposeFile): ContainerFacts['data'] {
  const folder = posix.dirname(first)
  const project =
    text.project ??
    posix
      .basename(folder)
      .toLowerCase()
      .replace(/[^a-z0-9_-]/g, '')
  return mounts.flatMap(({ source, named, readOnly }): ContainerFacts['data'] => {
    if (readOnly) return []
    if (named) return [{ kind: 'volume', at: text.volumes.get(source) ?? `${project}_${source}` }]
    const at = source.startsWith('/')
      ? posix.normalize(source)
      : /^\.{1,2}(?:\/|$)/.test(source)
        ? posix.join(folder, source)
        : null
    return at === null || systemPlaces.test(at) ? [] : [{ kind: 'path', at: at.replace(/(?<=.)\/$/, '') }]
  })
}
