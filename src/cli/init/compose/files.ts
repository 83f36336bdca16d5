import { posix } from 'node:path'
import { noFacts, type StarterFacts } from '../facts.ts'
import { composeFacts } from './containers.ts'
import { type ComposeFile, isDunebugger } from './facts.ts'
import { type ComposeService, type ComposeText, readCompose } from './read.ts'
import { isTool } from './tools.ts'
import { parseDotenv } from './variables.ts'

/** null: there is no such file. */
type ReadText = (path: string) => Promise<string | null>

const envFilesMax = 20

/** A compose file with what compose takes beside it: `.env`, its override, and the settings of known tools. */
export async function openComposeFile(path: string, text: string, readText: ReadText): Promise<ComposeFile> {
  const folder = posix.dirname(path)
  const values = parseDotenv((await readText(posix.join(folder, '.env'))) ?? '')
  const base = readCompose(text, path, values)
  const over = await override(path, readText)
  const whole = over === null ? base : merged(base, readCompose(over.text, over.path, values))
  const services = await Promise.all(whole.services.map((service) => withEnvFiles(service, folder, readText)))
  const project = whole.project ?? values.get('COMPOSE_PROJECT_NAME') ?? null
  return { files: over === null ? [path] : [path, over.path], text: { ...whole, project, services } }
}

async function override(path: string, readText: ReadText) {
  const [, stem] = /^(.*\/(?:docker-)?compose)\.ya?ml$/.exec(path) ?? []
  if (stem === undefined) return null
  for (const end of ['yml', 'yaml']) {
    const text = await readText(`${stem}.override.${end}`)
    if (text !== null) return { path: `${stem}.override.${end}`, text }
  }
  return null
}

/** What the later file says of a service comes on top, as far as it matters here. */
function merged(base: ComposeText, over: ComposeText): ComposeText {
  const known = base.services.map((service): ComposeService => {
    const more = over.services.find(({ name }) => name === service.name)
    if (more === undefined) return service
    return {
      ...service,
      image: more.image ?? service.image,
      imageWritten: more.imageWritten ?? service.imageWritten,
      builds: more.builds || service.builds,
      pullPolicy: more.pullPolicy ?? service.pullPolicy,
      containerName: more.containerName ?? service.containerName,
      labels: new Map([...service.labels, ...more.labels]),
      environment: new Map([...service.environment, ...more.environment]),
      envFiles: [...service.envFiles, ...more.envFiles],
      command: more.command.length > 0 ? more.command : service.command,
      dependsOn: [...new Set([...service.dependsOn, ...more.dependsOn])],
      mounts: [
        ...service.mounts.filter((each) => !more.mounts.some(({ target }) => target === each.target)),
        ...more.mounts,
      ],
      ports: [...service.ports, ...more.ports],
      hasHealthcheck: more.hasHealthcheck || service.hasHealthcheck,
      profiles: [...new Set([...service.profiles, ...more.profiles])],
    }
  })
  const added = over.services.filter(({ name }) => !base.services.some((service) => service.name === name))
  return {
    project: over.project ?? base.project,
    services: [...known, ...added],
    volumes: new Map([...base.volumes, ...over.volumes]),
    elsewhere: [...base.elsewhere, ...over.elsewhere],
  }
}

/** Only where settings matter: those of a service that is updated are nobody's business, but for DuneBugger's updater's. */
async function withEnvFiles(service: ComposeService, folder: string, readText: ReadText): Promise<ComposeService> {
  const own = isDunebugger((service.image ?? '').replace(/[:@].*$/s, ''))
  if (!isTool(service) && !own) return service
  const files = service.envFiles.slice(0, envFilesMax).map((name) => posix.resolve(folder, name))
  const texts = await Promise.all(files.map(async (file) => parseDotenv((await readText(file)) ?? '')))
  const set = texts.flatMap((each) => [...each]).filter(([key]) => !own || /^UPDATER_/i.test(key))
  return { ...service, environment: new Map([...set, ...service.environment]) }
}

/** All compose files together: a tool in one of them may look after the services of another. */
export function factsOfCompose(files: readonly ComposeFile[]): StarterFacts {
  if (files.length === 0) return noFacts
  const { containers, leftOut, tools, schedule, notes } = composeFacts(files)
  return {
    ...noFacts,
    containers,
    leftOut,
    tools,
    check: schedule,
    readFrom: files.flatMap((each) => each.files),
    notes,
  }
}
