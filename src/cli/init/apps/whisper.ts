import { posix } from 'node:path'
import { checkoutOf, wayOf } from '../checkout.ts'
import { type ComponentFacts, noComponent, noFacts, type StarterFacts } from '../facts.ts'
import { joinFacts } from '../join.ts'
import { isThere, type Looks, thoseThere } from '../looks.ts'
import { unitOf } from '../unit.ts'

/** Folders of its users inside the appliance. */
const ownFolders = ['ssl', 'data'] as const

export async function isWhisperFolder(looks: Looks, folder: string): Promise<boolean> {
  return (
    (await thoseThere(looks, folder, ['whisper-appliance_version.txt'])).length > 0 ||
    ((await isThere(looks, `${folder}/maintenance_config.json`)) && (await isThere(looks, `${folder}/src/main.py`)))
  )
}

/** The whisper appliance: a checkout with a unit, and its users' certificates and data inside. */
export async function whisperFacts(looks: Looks, folder: string): Promise<StarterFacts> {
  const checkout = await checkoutOf(looks, folder)
  const way = checkout === null ? null : wayOf(checkout, folder)
  const own = await thoseThere(looks, folder, ownFolders)
  const found: ComponentFacts = {
    ...noComponent,
    name: 'whisper',
    known: true,
    aliases: ['whisper-appliance'],
    path: folder,
    ways: way === null ? [] : [way],
    preserve: ['ssl/**', 'data/**', 'logs/**', 'models/**', 'maintenance_config.json'],
    version: { value: { file: 'VERSION' }, why: 'the one of its three files of versions that its updater wrote' },
    data: own.map((name) => ({
      value: { type: 'path', path: `${folder}/${name}` },
      why: name === 'ssl' ? 'its certificate and key' : 'what its users made',
    })),
    auto: { value: 'none', why: 'its updater installed when a person asked for it' },
    health: { type: 'health_endpoint', url: 'https://localhost:5001/health', insecure_tls: true },
    notes: [...(await maintenance(looks, folder)), ...(await packages(looks, folder))],
  }
  return joinFacts([
    { ...noFacts, components: [found], readFrom: [folder] },
    await unitOf(looks, folder, ['whisper-appliance']),
  ])
}

/** Its unit runs the system's Python, whose packages no update of a folder may change by itself. */
async function packages(looks: Looks, folder: string): Promise<readonly string[]> {
  if ((await thoseThere(looks, folder, ['requirements.txt'])).length === 0) return []
  return [
    "its packages are the system's: where an update needs others, write the command that installs them at prepare",
  ]
}

/** W8: its updater set this mark, and a crash left it there for ever; nothing ever looked whether its process lives. */
async function maintenance(looks: Looks, folder: string): Promise<readonly string[]> {
  const file = posix.join(folder, '.maintenance_mode')
  if (!(await isThere(looks, file))) return []
  const text = (await looks.peek(file)) ?? ''
  const pid = /"pid"\s*:\s*"?(\d{1,9})\b/.exec(text)?.[1] ?? null
  const since = /"enabled_at"\s*:\s*"([\d:.TZ+ -]{8,40})"/.exec(text)?.[1] ?? null
  const lives = pid !== null && (await looks.list(`/proc/${pid}`)) !== null
  const who = pid === null ? 'it names no process' : lives ? `a process ${pid} is there` : `its process ${pid} is gone`
  const what = lives
    ? 'see whether that one is its updater at work'
    : 'an update of it was cut off. Remove the file when nothing is updating: until then its users see the maintenance page'
  return [`${file} is there${since === null ? '' : ` since ${since}`}, and ${who}: ${what}`]
}
