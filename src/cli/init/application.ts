import { posix } from 'node:path'
import { crmFacts, isCrmEnv, isCrmVersion, versionFile } from './apps/crm.ts'
import { helpdeskFacts, isHelpdeskEnv, isHelpdeskFolder } from './apps/helpdesk.ts'
import { isWhisperFolder, whisperFacts } from './apps/whisper.ts'
import { checkoutOf, wayOf } from './checkout.ts'
import { readVariables } from './dotenv.ts'
import { noComponent, noFacts, type StarterFacts } from './facts.ts'
import { joinFacts } from './join.ts'
import type { Looks } from './looks.ts'
import { componentName } from './names.ts'
import { readAssignments } from './python.ts'
import { unitOf } from './unit.ts'

/** The application that a folder holds: one that is known, else any git checkout. null: neither. */
export async function applicationIn(looks: Looks, folder: string): Promise<StarterFacts | null> {
  return (await knownIn(looks, folder)) ?? (await checkoutIn(looks, folder))
}

async function knownIn(looks: Looks, folder: string): Promise<StarterFacts | null> {
  const module = posix.join(folder, versionFile)
  const text = await looks.peek(module)
  if (text !== null && isCrmVersion(readAssignments(text, module)))
    return crmFacts(looks, folder, { file: module, text })
  if (await isWhisperFolder(looks, folder)) return whisperFacts(looks, folder)
  const env = posix.join(folder, '.env')
  const envText = await looks.peek(env)
  if (await isHelpdeskFolder(looks, folder)) return helpdeskFacts(looks, env, envText)
  return envText === null ? null : envFacts(looks, env, envText)
}

/** An application by its settings alone. null: they are nobody's that is known. */
export async function envFacts(looks: Looks, file: string, text: string): Promise<StarterFacts | null> {
  const variables = readVariables(text)
  if (isCrmEnv(variables)) return crmFacts(looks, posix.dirname(file), null)
  return isHelpdeskEnv(variables) ? helpdeskFacts(looks, file, text) : null
}

async function checkoutIn(looks: Looks, folder: string): Promise<StarterFacts | null> {
  const checkout = await checkoutOf(looks, folder)
  if (checkout === null) return null
  const way = wayOf(checkout, folder)
  const found = {
    ...noComponent,
    name: componentName(posix.basename(folder)),
    path: folder,
    ways: way === null ? [] : [way],
    notes: way === null ? checkout.notes : [],
  }
  return joinFacts([{ ...noFacts, components: [found], readFrom: [folder] }, await unitOf(looks, folder, [])])
}
