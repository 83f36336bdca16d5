import type { Finding } from '../../core/publish/lint.ts'
import type { Profile } from '../../core/publish/profile.ts'
import type { BuildOptions, BuildReport, InitReport, PublishReport, VerifyReport } from '../../ports/publisher.ts'
import { bytes } from '../../protocol/words/units.ts'
import type { Reader } from './problem.ts'
import { table } from './table.ts'
import type { Tone } from '../terminal/look.ts'

/** `path`: a path as it is shown. */
type Path = (path: string) => string

export function initLines(init: InitReport, profile: Profile, path: Path, { look }: Reader): string[] {
  const roots = profile === 'team' ? 'three people, two of whom must sign' : 'two media that are kept apart'
  const rows = init.keys.map(({ role, file }) => [{ text: path(file) }, { text: whereTo(role, profile) }])
  return [
    'Made all roles and keys, and an empty repository in repo/.',
    '',
    ...table(rows, look, { head: ['key', 'where it belongs'] }),
    '',
    `Root keys go to ${roots}: whoever has enough of them is the publisher, and without them no lost key can be replaced.`,
    look.text(`Hosts pin ${path(init.root)}: give it to them by another way than the address of the repository.`),
    look.text(`Who checks downloads by hand takes keys/minisign.pub: ${init.minisign}`),
    '',
    'In the belay.yaml of a host:',
    ...init.source
      .trimEnd()
      .split('\n')
      .map((line) => `  ${look.text(line)}`),
    '',
    'Next: belay release build TREE --version V, belay release sign --version V, belay release publish',
    'Each day, by a timer or CI: belay release refresh; and belay release lint tells what will expire.',
  ]
}

function whereTo(role: string, profile: Profile): string {
  if (role === 'root') return profile === 'team' ? 'offline, one person each' : 'offline, one medium each'
  if (role === 'targets') return profile === 'team' ? 'offline, one person each' : 'offline'
  if (role === 'snapshot' || role === 'timestamp') return 'where belay release refresh runs'
  if (role === 'minisign') return 'where releases are signed'
  return role.startsWith('nightly') ? 'a secret of CI' : 'where releases are signed'
}

export function buildLines(build: BuildReport, options: BuildOptions, path: Path, { look }: Reader): string[] {
  const { version, channel } = options
  const next = `belay release sign --version ${version}${channel === 'stable' ? '' : ` --channel ${channel}`}`
  return [
    look.text(path(build.file)),
    `${build.files} ${build.files === 1 ? 'file' : 'files'}, ${bytes(build.bytes)}, SHA-256 ${build.sha256}`,
    ...build.packed.map((name) =>
      look.text(`warning: ${name} is compressed by itself: no delta can help it, ship it unpacked.`),
    ),
    look.text(`Next: ${next}`),
  ]
}

export function publishLines(report: PublishReport, path: Path, { look }: Reader): string[] {
  const { roles, to, written, expires, expiring } = report
  if (written === 0) return ['Nothing waited to be published, and every copy is as it should be.']
  const versions = Object.entries(roles).map(([role, version]) => `${role} ${version}`)
  return [
    look.text(
      `Published ${versions.join(', ') || 'what was missing'}: ${written} ${written === 1 ? 'file' : 'files'} written.`,
    ),
    ...to.map((dir) => look.text(`  ${path(dir)}`)),
    look.text(`The first signature, that of ${expiring}, runs out on ${expires}: ${renewal(expiring)} before that.`),
    `Next: ${to.length > 1 ? '' : 'put the folder repo where a static host serves it; '}belay release verify URL`,
  ]
}

const renewal = (role: string): string =>
  role === 'timestamp' || role === 'snapshot' ? 'belay release refresh' : `belay release sign --renew ${role}`

const tones: Readonly<Record<Finding['severity'], Tone>> = { error: 'bad', warning: 'warn', note: 'quiet' }

export function lintLines(findings: readonly Finding[], { look }: Reader): string[] {
  if (findings.length === 0) return ['Nothing to do: nothing expires soon, and every key is where it should be.']
  return findings.flatMap(({ severity, what, hint }) => [
    `${look.paint(tones[severity], severity)}: ${look.text(what)}`,
    `  ${look.text(hint)}`,
  ])
}

export function verifyLines(
  { where, root, timestamp, expired, releases }: VerifyReport,
  path: Path,
  { look }: Reader,
): string[] {
  const rows = releases.map(({ channel, version, seq, floor, files, read }) => [
    { text: channel },
    { text: version, tone: 'strong' as const },
    { text: seq < floor ? `${seq}, below the floor` : String(seq) },
    { text: files.join(', ') },
    { text: read ? 'read and compared' : 'signed' },
  ])
  return [
    look.text(
      `${/^https?:/.test(where) ? where : path(where)} is what a host accepts: root ${root}, timestamp ${timestamp}.`,
    ),
    ...expired.map((role) =>
      look.text(`${role} has run out: hosts install nothing of it. belay release sign --renew ${role}`),
    ),
    ...(rows.length === 0
      ? ['It offers no release yet.']
      : table(rows, look, { head: ['channel', 'version', 'number', 'files', 'content'] })),
  ]
}
