import { basename } from 'node:path'
import { readComposeText } from './compose-text.ts'
import { composeEnvironment } from './launch.ts'
import { type ComposeProject, environmentFileOf, folderOf } from './project.ts'
import { readTextFile } from './text-file.ts'
import { ofEnvironment, textIn, withFiles } from './variables.ts'

/**
 * The name under which compose knows a project whose name is not configured, without asking it: COMPOSE_PROJECT_NAME of
 * the environment file, `name:` of the last file that has one, the folder.
 */
export async function projectName(project: Pick<ComposeProject, 'files' | 'envFile' | 'directory'>): Promise<string> {
  const environment = composeEnvironment({ engine: '' })
  const lookup = await withFiles([environmentFileOf(project)], ofEnvironment(environment))
  const variable = textIn('$COMPOSE_PROJECT_NAME', lookup)
  if (variable !== '') return normalized(variable)
  let named = ''
  for (const file of project.files) named = readComposeText((await readTextFile(file)).text, file).name ?? named
  return normalized(named === '' ? basename(folderOf(project)) : textIn(named, lookup))
}

function normalized(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^-_a-z0-9]/g, '')
    .replace(/^[-_]+/, '')
}
