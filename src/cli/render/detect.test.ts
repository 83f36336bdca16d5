import { expect, test } from 'vitest'
import { allReadings, readingsOf } from '../../../test/fakes/readings.ts'
import { fakeTerminal, portsWith } from '../../../test/fakes/terminal.ts'
import { classify } from '../../core/detect/classify.ts'
import { runCli } from '../program.ts'
import { width } from '../terminal/width.ts'

async function shown(name: string, argv: readonly string[] = ['detect'], columns: number | null = null) {
  const terminal = fakeTerminal({ columns })
  const code = await runCli(argv, terminal.io, portsWith(null, { detect: async () => classify(readingsOf(name)) }))
  return { code, out: terminal.out(), err: terminal.err(), lines: terminal.out().trimEnd().split('\n') }
}

test.each([
  ['recorded/docker-plain', 'This is a Docker container without systemd, running Debian GNU/Linux 12 (bookworm).'],
  [
    'recorded/podman-uidmap',
    'This is an unprivileged Podman container without systemd, running Debian GNU/Linux 12 (bookworm).',
  ],
  [
    'recorded/lxc-privileged',
    'This is a privileged LXC container with systemd, running Debian GNU/Linux 12 (bookworm).',
  ],
  ['recorded/vm-stale-dockerenv', 'This is a virtual machine without systemd, running Debian GNU/Linux 12 (bookworm).'],
  ['made/bare-metal-server', 'This is a physical machine with systemd.'],
  ['made/wsl2-systemd', 'This is Windows Subsystem for Linux 2 with systemd, running Ubuntu 24.04.1 LTS.'],
  ['made/windows', 'This is Windows.'],
  ['made/macos', 'This is macOS.'],
])('when %s is shown, then its first line is "%s"', async (name, sentence) => {
  const { lines, code, err } = await shown(name)
  expect({ first: lines[0], code, err }).toEqual({ first: sentence, code: 0, err: '' })
})

test('when the whisper appliance asks, then evidence, what fits, what would not work and where it is are all there', async () => {
  const { lines } = await shown('made/lxc-proxmox-whisper')
  expect(lines).toEqual([
    'This is an unprivileged LXC container with systemd, running Debian GNU/Linux 12 (bookworm).',
    '  /run/systemd/container       lxc',
    '  /proc/self/uid_map           0 100000 65536',
    '  /run/systemd/system          present',
    '  systemctl is-system-running  running',
    '  not readable: /proc/1/environ (EACCES)',
    'Fits best',
    '  directory, in-place, with systemd – A system container may refuse new folders beside an application: it is updated at its place, file by file where need be.',
    'Works too',
    '  git – For a checkout that follows a branch or tags: git is here.',
    '  files – For a tree that follows a branch file by file.',
    'Would not work',
    '  ✗ whisper-appliance.service belongs to the system: user 998 may neither stop nor start it.',
    '    Run belay as root, or make it a unit of that user ("service: {…, scope: user}").',
    '  ✗ sudo cannot be used here: what started belay set NoNewPrivileges.',
    "    Remove NoNewPrivileges from belay's unit, or run belay as root.",
    '  ✗ /opt/whisper-appliance can be written to, and /opt above it cannot (EACCES): no version can be put beside it.',
    '    Leave it "layout: in-place", or let belay write above it.',
    '  ✗ whisper-appliance.service hides home folders (ProtectHome=yes): logins of registries in them are not found.',
    '    Set ProtectHome=no, or name the login in the config ("token: {file: …}").',
    '  ✗ whisper-appliance.service may use 20 % of a processor: "prepare" takes that much longer.',
    '    Raise CPUQuota= of that unit.',
    '  ✗ whisper-appliance.service may use 268 MB of memory: pip or npm in "prepare" may be ended by that.',
    '    Raise MemoryMax= of that unit.',
    'Applications that may be here',
    '  /opt/whisper-appliance  whisper-appliance.service · running · git · writable, the folder above is not',
    '    systemctl: whisper-appliance.service: WorkingDirectory=/opt/whisper-appliance',
    '    /proc/300/cwd: /opt/whisper-appliance',
    '    /opt/whisper-appliance/.git: a git work tree',
    '    /opt/whisper-appliance: a known place',
    'Next: belay init',
  ])
})

test('when evidence contradicts the answer, then both are in words', async () => {
  const { out } = await shown('recorded/vm-stale-dockerenv')
  expect(out).toContain(
    'conflict: /.dockerenv says Docker, and that is contradicted: /proc/self/ns/pid pid:[4026531836]',
  )
})

test('when somebody works in a checkout, then that is said, and git is what fits', async () => {
  const { lines } = await shown('made/development')
  expect(lines[1]).toBe('/home/ann/crm-backend is a checkout with 4 changes, and nothing runs from it.')
  expect(lines[lines.indexOf('Fits best') + 1]).toMatch(/^ {2}git, edits are stashed – /)
})

test.each(allReadings)('when %s is shown on a narrow terminal, then no sentence runs over its edge', async (name) => {
  const { lines } = await shown(name, ['detect'], 60)
  // A path is one word, and stays whole.
  const long = lines.filter((line) => width(line) > 60 && line.trim().split(' ').length > 1 && !/\/\S{30,}/.test(line))
  expect(long).toEqual([])
})

test.each(allReadings)(
  'when %s is asked for as JSON, then codes and their sentences are in one document',
  async (name) => {
    const { out } = await shown(name, ['detect', '--json'])
    const host = JSON.parse(out)
    const { kind, systemd, unprivileged, evidence, conflicts, containerId } = classify(readingsOf(name))
    expect(host).toMatchObject({ kind, systemd, unprivileged, evidence, conflicts, container_id: containerId })
    expect(keysIn(host).filter((key) => !/^[a-z_]+$/.test(key))).toEqual([])
    expect(host.message).toMatch(/^This is /)
    for (const each of [host.strategy, ...host.fits]) expect(each.message, each.why).toMatch(/\.$/)
    for (const each of host.limits) {
      expect(each.message, each.code).toMatch(/\.$/)
      expect(each.hint, each.code).toMatch(/\.$/)
    }
  },
)

function keysIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = Array.isArray(value) ? [] : Object.keys(value)
  return [...own, ...Object.values(value).flatMap(keysIn)]
}
