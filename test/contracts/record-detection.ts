/**
 * Records what is read in real places, for the tests of what is concluded from it. By hand, when a reading is added:
 *
 *   node_modules/.bin/node test/contracts/record-detection.ts
 *
 * It writes `test/fixtures/detect/recorded/<place>.json`. What belongs to the machine that records (its paths, its kernel's
 * name, what runs on it) is taken out or put as a usual host would have it. `docker-pid-host.json` needs an engine in the
 * first process namespace of a machine, which the bed's is not: it was recorded from one that was started for it.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reading, Readings } from '../../src/core/detect/readings.ts'
import { run } from '../e2e/bed/command.ts'
import { pinnedNode, repository } from '../e2e/bed/requirements.ts'
import { checkout, type Place, Places } from './detection.places.ts'

const folder = join(import.meta.dirname, '../fixtures/detect/recorded')
const inside = 'test/contracts/detection.inside.ts'

const places = await Places.open()
const here: Place = { run: (argv) => run(argv, { cwd: '/' }) }
const ways: Readonly<Record<string, () => Promise<Place>>> = {
  'docker-plain': () => places.docker(),
  'docker-cgroupns-private': () => places.docker(['--cgroupns=private']),
  'docker-systemd': () => places.dockerWithSystemd(),
  'podman-plain': () => places.podman([], ['sleep', '600']),
  'podman-uidmap': () => places.podman(['--uidmap', `0:100000:65536`], ['sleep', '600']),
  'podman-systemd': () => places.podmanWithSystemd(),
  'nspawn-plain': () => places.nspawn(),
  'nspawn-systemd': () => places.nspawnWithSystemd(),
  'lxc-privileged': () => places.lxc({ privileged: true }),
  'lxc-unprivileged': () => places.lxc({ privileged: false }),
  chroot: () => places.chroot(),
  'vm-stale-dockerenv': async () => here,
  'unshare-stale-dockerenv': async () => ({ run: (argv) => run(places.engine.inside(argv), { cwd: '/' }) }),
}

try {
  await mkdir(folder, { recursive: true })
  for (const [name, make] of Object.entries(ways)) {
    const place = await make()
    const isHere = name.endsWith('-stale-dockerenv')
    const words = isHere
      ? [pinnedNode(), join(repository, inside), repository]
      : [pinned(), `${checkout}/${inside}`, checkout]
    const { code, stdout, stderr } = await place.run(words)
    if (code !== 0) throw new Error(`${name}: ${stderr}`)
    await writeFile(
      join(folder, `${name}.json`),
      `${JSON.stringify(redacted(JSON.parse(stdout) as Readings), null, 2)}\n`,
    )
  }
} finally {
  await places[Symbol.asyncDispose]()
}

function pinned(): string {
  return join(checkout, pinnedNode().slice(repository.length))
}

function redacted(readings: Readings): Readings {
  const { files } = readings
  const onlyUs = 'value' in readings.processes ? readings.processes.value.filter(({ pid }) => pid === 1) : []
  return {
    ...readings,
    home: '/root',
    program: checkout,
    checkout: { value: null },
    folders: [],
    access: {},
    processes: { value: onlyUs.map((each) => ({ ...each, exe: each.exe === null ? null : '/sbin/init', cwd: '/' })) },
    files: {
      ...files,
      '/proc/1/cgroup': kept(files['/proc/1/cgroup'], groups),
      '/proc/self/cgroup': kept(files['/proc/self/cgroup'], groups),
      '/proc/self/mountinfo': kept(files['/proc/self/mountinfo'], mounts),
      '/proc/sys/kernel/osrelease': kept(files['/proc/sys/kernel/osrelease'], (text) => text.replace(/-.*/, '')),
    },
  }
}

function kept(reading: Reading<string> | undefined, by: (text: string) => string): Reading<string> {
  if (reading === undefined) return { errno: 'ENOENT' }
  return 'value' in reading ? { value: by(reading.value) } : reading
}

/** Control groups of whoever started us become the root. */
function groups(text: string): string {
  return text
    .split('\n')
    .map((line) =>
      line.replace(
        /^(\d+:[^:]*:).*?(\/(?:docker|libpod_parent|payload|init\.scope).*)?$/,
        (_, head: string, path = '/') => head + path,
      ),
    )
    .join('\n')
}

/** The file systems that containers and machines have; without options of the disk, and with the usual paths. */
function mounts(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\S+ \S+ \S+ \S+ \/(?:tmp|mnt|root|work)/.test(line))
    .map((line) => line.replace(/^(.* - \S+ \S+).*$/, '$1'))
    .join('\n')
    .replaceAll(join(places.engine.folder, 'data'), '/var/lib/docker')
    .replaceAll(/\/(?:tmp|root)\/\S*?(?=\/tree-\d)/g, '/var/lib/machines')
    .replaceAll(/\/tmp\/belay-podman-[^/]+\/(?:root|run)/g, '/var/lib/containers/storage')
    .replaceAll(repository, '/srv/belay')
    .replaceAll(/\/belay-bed-[0-9a-f]+(?:-tree-\d+)?/g, '')
}
