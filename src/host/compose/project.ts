import { dirname, join } from 'node:path'

/** What is said to a compose program about where a project is. Paths are absolute. It is data: a plan carries it. */
export interface ComposeProject {
  /** In the order of their `-f`; at least one. An override file counts only when it is named, as with `-f` itself. */
  readonly files: readonly string[]
  /** null: what compose takes from the files or their folder's name. */
  readonly project: string | null
  readonly profiles: readonly string[]
  /** null: `.env` in the project's folder. */
  readonly envFile: string | null
  /** The project's folder; null: that of the first file. */
  readonly directory: string | null
  /** Where the engine is, as DOCKER_HOST says it; empty: where a docker client would look by itself. */
  readonly engine: string
}

export function folderOf({ directory, files }: Pick<ComposeProject, 'directory' | 'files'>): string {
  return directory ?? dirname(files[0] ?? '/')
}

export function environmentFileOf(project: Pick<ComposeProject, 'directory' | 'envFile' | 'files'>): string {
  return project.envFile ?? join(folderOf(project), '.env')
}
