import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { fileInvalid, fileUnreadable } from './failures.ts'

const fileBytesMax = 1024 * 1024

const secretText = z.string().max(64 * 1024)
const authSchema = z.object({
  /** Base64 of `username:password`. */
  auth: secretText.optional(),
  username: secretText.optional(),
  password: secretText.optional(),
  identitytoken: secretText.optional(),
})
export type FileAuth = z.infer<typeof authSchema>

/** The end of a program's name: no way out of the folders that programs are looked for in. */
const helperSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)

const authFileSchema = z.object({
  auths: z.record(z.string(), authSchema.nullable()).nullish(),
  credHelpers: z.record(z.string(), helperSchema).nullish(),
  credsStore: z.union([z.literal(''), helperSchema]).nullish(),
})
export type AuthFile = z.infer<typeof authFileSchema>

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Where Docker and Podman keep logins, in the order in which they are asked. DOCKER_CONFIG and REGISTRY_AUTH_FILE name
 * the only file of their program.
 */
export function authFilePaths(environment: Environment): readonly string[] {
  const home = set(environment['HOME']) ?? homedir()
  const docker = join(set(environment['DOCKER_CONFIG']) ?? join(home, '.docker'), 'config.json')
  const named = set(environment['REGISTRY_AUTH_FILE'])
  if (named !== null) return [docker, named]
  const runtime = set(environment['XDG_RUNTIME_DIR']) ?? `/run/user/${process.getuid?.() ?? 0}`
  const config = set(environment['XDG_CONFIG_HOME']) ?? join(home, '.config')
  // Podman run by root keeps them with its other state.
  const folders = [join(runtime, 'containers'), '/run/containers/0', join(config, 'containers')]
  return [docker, ...new Set(folders.map((folder) => join(folder, 'auth.json')))]
}

const set = (value: string | undefined): string | null => (value === undefined || value === '' ? null : value)

/** null: there is no such file. E_PERMISSION, E_CONFIG_INVALID, which never repeat what is in it. */
export async function readAuthFile(path: string): Promise<AuthFile | null> {
  const text = await readText(path)
  if (text === null) return null
  const parsed = authFileSchema.safeParse(jsonOf(text, path))
  if (parsed.success) return parsed.data
  // The keys alone: a message of the schema may quote what stands there.
  const place = parsed.error.issues[0]?.path.join('.') ?? ''
  throw fileInvalid(path, place === '' ? 'it is no object' : `"${place}" is not what it should be`)
}

async function readText(path: string): Promise<string | null> {
  try {
    if ((await stat(path)).size > fileBytesMax) throw fileInvalid(path, 'it is too large')
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    // Another user's runtime folder: what cannot even be looked into is not ours.
    if (code === 'EACCES' && path.startsWith('/run/')) return null
    throw code === null ? error : fileUnreadable(path, code)
  }
}

function jsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw fileInvalid(path, 'it is not JSON')
  }
}
