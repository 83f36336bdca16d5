/** What systemctl prints, as text. */

/** The blocks of `systemctl show`, one per unit: `Name=value` per line. */
export function blocksOf(stdout: string): readonly Readonly<Record<string, string>>[] {
  return stdout
    .split('\n\n')
    .map((block) => propertiesOf(block.trim()))
    .filter((shown) => Object.keys(shown).length > 0)
}

function propertiesOf(block: string): Readonly<Record<string, string>> {
  const lines = block.split('\n').filter((line) => line.includes('='))
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

/** The absolute paths of `{ path=/usr/bin/node ; argv[]=/usr/bin/node /opt/app/main.js --token x ; … }`, and no other word. */
export function pathsIn(exec: string): readonly string[] {
  const argv = /argv\[\]=(.*?) ;/.exec(exec)?.[1] ?? ''
  return argv.split(' ').filter((word) => word.startsWith('/'))
}

const microseconds: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1_000_000, min: 60_000_000 }

/** A time span as systemd prints it, `1s 500ms`, in microseconds; null: none, or `infinity`. */
export function timeSpan(text: string): number | null {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|min)\b/g)]
  if (parts.length === 0) return null
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (microseconds[unit ?? ''] ?? 0), 0)
}

/** The service whose control group a process is in (proc(5), either generation), and whose manager started it; null: none. */
export function serviceIn(groups: string): { readonly unit: string; readonly scope: 'system' | 'user' } | null {
  const line = groups.split('\n').find((each) => /^(?:0::|\d+:name=systemd:)\S*\.service$/.test(each))
  const unit = line?.slice(line.lastIndexOf('/') + 1)
  // The manager of a user is a unit as well, and what it starts has units of its own.
  if (line === undefined || unit === undefined || /^user@\d+\.service$/.test(unit)) return null
  return { unit, scope: line.includes('/user@') ? 'user' : 'system' }
}
