import type { ComponentFacts } from './facts.ts'
import { isThere, type Looks, thoseThere } from './looks.ts'

interface Wanted {
  /** Words after the interpreter, or after the folder of its programs; null: nothing is migrated. */
  readonly migrate: readonly string[] | null
  readonly why: string
}

/** The environment beside a Python application: `.venv` or `venv`, null where neither is there. */
export async function environmentOf(looks: Looks, folder: string): Promise<string | null> {
  return (await thoseThere(looks, folder, ['.venv', 'venv']))[0] ?? null
}

/** How its packages and tables follow new code. A first word that is no script is a program of the environment. */
export async function pythonOf(
  looks: Looks,
  folder: string,
  { migrate, why }: Wanted,
): Promise<Pick<ComponentFacts, 'make' | 'prepare' | 'migrate'>> {
  const environment = await environmentOf(looks, folder)
  const requirements = await isThere(looks, `${folder}/requirements.txt`)
  const python = environment === null ? 'python3' : `${environment}/bin/python`
  const module = migrate?.[0]?.endsWith('.py') === true ? [] : ['-m']
  return {
    ...(environment === null || !requirements ? { make: [], prepare: [] } : freshEnvironment(environment, why)),
    migrate: migrate === null ? [] : [{ value: [python, ...module, ...migrate], why }],
  }
}

/** An environment in the tree itself: made where the tree is new, and filled either way. */
export function freshEnvironment(folder: string, why: string): Pick<ComponentFacts, 'make' | 'prepare'> {
  return {
    make: [{ value: ['python3', '-m', 'venv', folder], why }],
    prepare: [{ value: [`${folder}/bin/python`, '-m', 'pip', 'install', '-r', 'requirements.txt'], why }],
  }
}
