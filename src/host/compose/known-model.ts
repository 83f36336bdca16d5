import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { z } from 'zod'
import { knownTexts } from '../config/known-texts.ts'
import { type Argv, composeEnvironment } from './launch.ts'
import type { ComposeModel } from './model.ts'
import { type ComposeProject, environmentFileOf, folderOf } from './project.ts'

/**
 * What compose said of the very same files, so that it need not be asked again: one in Python takes half a second on a
 * server, and seconds on a Raspberry Pi. Its answer hangs on files, flags, variables and the program alone; where files
 * name others that it would read too, it is asked.
 */
export interface KnownModel {
  /** null: it has to be asked. */
  readonly model: ComposeModel | null
  /** Does nothing where what it was said of has changed meanwhile. */
  remember(model: ComposeModel): Promise<void>
}

/** To be raised when a model is made otherwise of the same words. */
const modelVersion = 1
const fileBytesMax = 1024 * 1024
/** Keys by which a file takes in another. A comment with such a word costs half a second. */
const readsOthers = /\b(?:extends|include|env_file|label_file)\b/

/** `folder` is made where it is missing; nobody else may write where it is. `programs`: those that would be asked. */
export async function knownModel(
  folder: string,
  project: ComposeProject,
  programs: readonly Argv[],
): Promise<KnownModel> {
  const before = await inputsOf(project, programs)
  if (before === null) return { model: null, remember: async () => {} }
  const texts = knownTexts(folder, `compose ${modelVersion}`)
  const found = modelSchema.safeParse(texts.valueOf(before))
  return {
    model: found.success ? modelOf(found.data) : null,
    async remember(model) {
      if ((await inputsOf(project, programs)) !== before) return
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      texts.remember(before, { ...model, services: [...model.services], volumes: [...model.volumes] })
    },
  }
}

/** A hash of all that the answer hangs on; null: it may hang on more. */
async function inputsOf(project: ComposeProject, programs: readonly Argv[]): Promise<string | null> {
  const hash = createHash('sha256')
  const add = (what: unknown) => hash.update(`${JSON.stringify(what)}\n`)
  const environment = composeEnvironment(project)
  add([project, folderOf(project), programs, environment])
  for (const file of project.files) {
    const bytes = await contentOf(file)
    if (bytes === null || readsOthers.test(bytes.toString('latin1'))) return null
    add([file, bytes.toString('base64')])
  }
  add((await contentOf(environmentFileOf(project)))?.toString('base64') ?? null)
  for (const file of programFiles(programs, environment)) add([file, await stampOf(file)])
  return hash.digest('hex')
}

async function contentOf(file: string): Promise<Buffer | null> {
  try {
    const { size } = await stat(file)
    return size > fileBytesMax ? null : await readFile(file)
  } catch {
    return null
  }
}

const plugins: readonly string[] = [
  '/usr/local/lib/docker',
  '/usr/local/libexec/docker',
  '/usr/lib/docker',
  '/usr/libexec/docker',
]

/** Wherever a program of one of these names may be: another one, or a newer one, may say something else. */
function programFiles(programs: readonly Argv[], environment: Readonly<Record<string, string>>): readonly string[] {
  const names = [...new Set(programs.map(([name]) => name))]
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const own = environment['DOCKER_CONFIG'] ?? join(environment['HOME'] ?? '/', '.docker')
  const plugged = [own, ...plugins].map((folder) => join(folder, 'cli-plugins', 'docker-compose'))
  return [...folders.flatMap((folder) => names.map((name) => join(folder, name))), ...plugged]
}

async function stampOf(file: string): Promise<readonly number[] | null> {
  const found = await stat(file).catch(() => null)
  return found === null ? null : [found.ino, found.size, found.mtimeMs, found.ctimeMs]
}

const mountSchema = z.object({ type: z.string(), source: z.string().nullable(), target: z.string() })
const serviceSchema = z.object({
  image: z.string().nullable(),
  built: z.boolean(),
  profiles: z.array(z.string()),
  dependsOn: z.array(z.object({ service: z.string(), condition: z.string() })),
  stopGraceMs: z.number().nullable(),
  stopSignal: z.string().nullable(),
  healthcheck: z.enum(['none', 'set', 'disabled']),
  mounts: z.array(mountSchema),
  networkMode: z.string().nullable(),
})
const modelSchema = z.object({
  program: z.object({
    argv: z.tuple([z.string()], z.string()),
    version: z.string().nullable(),
    generation: z.enum(['v1', 'v2']),
  }),
  name: z.string().nullable(),
  warnings: z.array(z.string()),
  services: z.array(z.tuple([z.string(), serviceSchema])),
  volumes: z.array(z.tuple([z.string(), z.object({ name: z.string().nullable(), external: z.boolean() })])),
})

function modelOf(kept: z.infer<typeof modelSchema>): ComposeModel {
  return { ...kept, services: new Map(kept.services), volumes: new Map(kept.volumes) }
}
