import { chmod, mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../core/model/problem.ts'
import { keyIdOf, type KeyJson } from '../core/publish/documents.ts'
import { nameOfKey } from '../core/publish/roles.ts'
import { atomicWrite } from '../host/tree/durable.ts'
import { namesIn } from './folder.ts'
import { keyFileBytesMax, type Measure, parseKeyFile, requireGoodPassphrase, type SecretKey, sealer } from './keys.ts'

/** The key files of one folder. Nothing is opened before it is asked for. */
export interface Keyring {
  readonly dir: string
  /** The public parts of what lies there. */
  known(): Promise<readonly KeyJson[]>
  /** Of files that are called as keys are and hold none: cut short, or of another program. */
  damaged(): Promise<readonly string[]>
  /** Makes `role-1`, `role-2`, …: numbers that are or were in use are passed over. */
  make(role: string, count: number, used: readonly string[]): Promise<readonly SecretKey[]>
  /** Those of the ids that lie here; `locked`: which the passphrase does not open. */
  open(ids: readonly string[]): Promise<{ readonly keys: readonly SecretKey[]; readonly locked: readonly string[] }>
  /** Closes keys with another passphrase; none named: all that the present one opens. Their names. */
  change(names: readonly string[], next: () => Promise<string>): Promise<readonly string[]>
}

const keyFilesMax = 200

export function keyring(dir: string, passphrase: (fresh: boolean) => Promise<string>, measure?: Measure): Keyring {
  let asked: Promise<ReturnType<typeof sealer>> | null = null
  const unsealing = (fresh: boolean): Promise<ReturnType<typeof sealer>> => {
    asked ??= passphrase(fresh).then((text) => {
      if (fresh) requireGoodPassphrase(text)
      return sealer(text, measure)
    })
    return asked
  }
  const read = async () => {
    const names = (await namesIn(dir)).filter((name) => name.endsWith('.key')).slice(0, keyFilesMax)
    return await Promise.all(names.map(async (name) => ({ name, file: await readKey(join(dir, name)) })))
  }
  const files = async () =>
    (await read()).flatMap(({ name, file }) => (file === null ? [] : [{ ...file, path: join(dir, name) }]))
  return {
    dir,
    known: async () => (await files()).map(({ key }) => key),
    damaged: async () => (await read()).flatMap(({ name, file }) => (file === null ? [name] : [])),
    async make(role, count, used) {
      const taken = new Set([...used, ...(await files()).map(({ key }) => nameOfKey(key))])
      const seal = await unsealing(true)
      await mkdir(dir, { recursive: true, mode: 0o700 })
      await chmod(dir, 0o700)
      const made: SecretKey[] = []
      for (let number = 1; made.length < count; number++) {
        const name = `${role}-${number}`
        if (taken.has(name)) continue
        const { key, text } = await seal.make(name)
        await atomicWrite(join(dir, `${name}.key`), text, { mode: 0o600 })
        made.push(key)
      }
      return made
    },
    async open(ids) {
      const wanted = (await files()).filter(({ key }) => ids.includes(keyIdOf(key)))
      if (wanted.length === 0) return { keys: [], locked: [] }
      const seal = await unsealing(false)
      const keys: SecretKey[] = []
      const locked: string[] = []
      for (const file of wanted) {
        const key = await seal.open(file)
        if (key === null) locked.push(nameOfKey(file.key))
        else keys.push(key)
      }
      // With several people's keys in one folder a passphrase opens one of them; one that opens none is a mistake.
      if (keys.length === 0) throw wrongPassphrase(locked)
      return { keys, locked }
    },
    async change(names, next) {
      const all = await files()
      const unknown = names.find((name) => !all.some(({ key }) => nameOfKey(key) === name))
      if (unknown !== undefined || all.length === 0) throw noSuchKey(unknown ?? '…', dir)
      const seal = await unsealing(false)
      const wanted = all.filter(({ key }) => names.length === 0 || names.includes(nameOfKey(key)))
      const opened = await Promise.all(wanted.map(async (file) => ({ file, key: await seal.open(file) })))
      const locked = opened.filter(({ key }) => key === null).map(({ file }) => nameOfKey(file.key))
      if (locked.length > 0 && (names.length > 0 || locked.length === wanted.length)) throw wrongPassphrase(locked)
      const text = await next()
      requireGoodPassphrase(text)
      const fresh = sealer(text, measure)
      const changed: string[] = []
      for (const { file, key } of opened) {
        if (key === null) continue
        await atomicWrite(file.path, await fresh.seal(key), { mode: 0o600 })
        changed.push(nameOfKey(key.json))
      }
      return changed
    },
  }
}

/** For whoever looks for a key that seems to be there. */
export function damagedKeys(names: readonly string[]): string {
  return names.length === 0 ? '' : `; no key of belay is in ${names.join(', ')}: cut short, or of another program`
}

async function readKey(path: string) {
  if ((await stat(path)).size > keyFileBytesMax) return null
  return parseKeyFile(await readFile(path, 'utf8'))
}

function noSuchKey(name: string, dir: string) {
  return fail('E_USAGE', `there is no key ${name} in ${dir}`, {
    hint: 'Name it as its file is called, without .key; or the folder with --keys DIR.',
  })
}

function wrongPassphrase(names: readonly string[]) {
  return fail('E_KEY_LOCKED', `the passphrase does not open ${names.join(', ')}`, {
    hint: 'Nothing was signed. Try again; a key whose passphrase is lost must be replaced: belay release rotate ROLE.',
    facts: { keys: names },
  })
}
