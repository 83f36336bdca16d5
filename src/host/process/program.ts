import { access, constants, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join, resolve } from 'node:path'

async function isProgram(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false
    await access(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The file that `name` starts, as execvp(3) would find it in `path` from `cwd`; null when there is none. */
export async function findProgram(name: string, cwd: string, path: string): Promise<string | null> {
  if (name.includes('/')) {
    const file = isAbsolute(name) ? name : resolve(cwd, name)
    return (await isProgram(file)) ? file : null
  }
  for (const folder of path.split(delimiter)) {
    const file = join(resolve(cwd, folder === '' ? '.' : folder), name)
    if (await isProgram(file)) return file
  }
  return null
}

export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}
