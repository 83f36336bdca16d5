import { type FileRead, filesRead, type Reading } from '../../core/detect/readings.ts'
import { hypervisorFlag, noHypervisorFlag } from '../../core/detect/machine.ts'
import { present, reading, readLink, readStart } from './read.ts'

/** What of a file is kept. An environment holds secrets: one variable of it is taken, and the rest is forgotten. */
const keep: Readonly<Partial<Record<FileRead, (text: string) => string>>> = {
  '/proc/1/environ': (text) => text.split('\0').find((each) => each.startsWith('container=')) ?? '',
  '/proc/cpuinfo': hypervisorOf,
  '/proc/self/status': (text) => lines(text, /^(?:Uid|CapEff|NoNewPrivs|Seccomp):/),
  '/etc/os-release': (text) => lines(text, /^(?:ID|VERSION_ID|PRETTY_NAME)=/),
  '/proc/device-tree/model': (text) => text.replaceAll('\0', ''),
}

/** Only whether they are there is asked. */
const asked: ReadonlySet<FileRead> = new Set([
  '/.dockerenv',
  '/run/systemd/system',
  '/proc/sys/fs/binfmt_misc/WSLInterop',
  '/run/WSL',
])

export async function readFiles(): Promise<Readonly<Record<FileRead, Reading<string>>>> {
  const read = await Promise.all(filesRead.map(async (file) => [file, await reading(() => look(file))] as const))
  return Object.fromEntries(read) as Record<FileRead, Reading<string>>
}

async function look(file: FileRead): Promise<string> {
  if (asked.has(file)) return present(file)
  if (file === '/proc/self/ns/pid') return readLink(file)
  return keptOf(file, await readStart(file))
}

/** Exported for its test. */
export function keptOf(file: FileRead, text: string): string {
  return keep[file]?.(text) ?? text
}

function lines(text: string, pattern: RegExp): string {
  return text
    .split('\n')
    .filter((line) => pattern.test(line))
    .join('\n')
}

/** Only x86 lists its flags. */
function hypervisorOf(text: string): string {
  const flags = /^flags\s*:(.*)$/m.exec(text)?.[1]
  if (flags === undefined) return ''
  return / hypervisor(?: |$)/.test(flags) ? hypervisorFlag : noHypervisorFlag
}
