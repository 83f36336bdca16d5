import type { Deployment, DeploymentKind, Limit, StrategyChoice, StrategyReason } from '../../core/detect/deployment.ts'
import { bytes } from '../../protocol/words/units.ts'

/** Every sentence about what a host is. */

const systemdWords: Partial<Record<DeploymentKind, true>> = { windows: true, macos: true, unknown: true }

/** "This is an unprivileged LXC container with systemd, running Debian GNU/Linux 12 (bookworm)." */
export function hostSentence(host: Deployment): string {
  const system = host.system === null ? '' : `, running ${host.system}`
  const manager = systemdWords[host.kind] === true ? '' : host.systemd ? ' with systemd' : ' without systemd'
  return `This is ${nameOf(host)}${manager}${system}.`
}

function nameOf({ kind, unprivileged, wsl }: Deployment): string {
  const rights = unprivileged === null ? 'a' : unprivileged ? 'an unprivileged' : 'a privileged'
  switch (kind) {
    case 'docker':
      return unprivileged === true ? 'an unprivileged Docker container' : 'a Docker container'
    case 'podman':
      return unprivileged === true ? 'an unprivileged Podman container' : 'a Podman container'
    case 'lxc':
      return unprivileged === null ? 'an LXC container' : `${rights} LXC container`
    case 'nspawn':
      return unprivileged === true ? 'an unprivileged container of systemd-nspawn' : 'a container of systemd-nspawn'
    case 'vm':
      return 'a virtual machine'
    case 'bare-metal':
      return 'a physical machine'
    case 'wsl':
      return wsl === null ? 'Windows Subsystem for Linux' : `Windows Subsystem for Linux ${wsl}`
    case 'windows':
      return 'Windows'
    case 'macos':
      return 'macOS'
    case 'container-other':
      return 'a container of a kind that belay does not know'
    case 'unknown':
      return 'a host that does not let belay see what it is'
  }
}

export function kindWord(kind: DeploymentKind): string {
  switch (kind) {
    case 'docker':
      return 'Docker'
    case 'podman':
      return 'Podman'
    case 'lxc':
      return 'LXC'
    case 'nspawn':
      return 'systemd-nspawn'
    case 'wsl':
      return 'WSL'
    case 'vm':
      return 'a virtual machine'
    case 'bare-metal':
      return 'a physical machine'
    case 'windows':
      return 'Windows'
    case 'macos':
      return 'macOS'
    case 'container-other':
      return 'another container'
    case 'unknown':
      return 'something else'
  }
}

/** `directory, in-place, with systemd`. */
export function strategyName({ type, layout, localChanges, data, service }: StrategyChoice): string {
  return [
    type,
    ...(layout === undefined ? [] : [layout]),
    ...(service === undefined ? [] : [`with ${service === 'windows' ? 'a Windows service' : service}`]),
    ...(localChanges === undefined ? [] : ['edits are stashed']),
    ...(data === undefined ? [] : [`with its ${data}`]),
  ].join(', ')
}

const reasons: Readonly<Record<StrategyReason, string>> = {
  development:
    'You work in this checkout and nothing runs from it: git brings the new commits, and your edits are kept.',
  'container-image':
    'The files of a container are those of its image: a newer image is the update, and the data is in its volumes.',
  'system-container':
    'A system container may refuse new folders beside an application: it is updated at its place, file by file where need be.',
  'closed-container':
    'Little is known of this kind of container: an application is updated at its place, which needs the fewest rights.',
  'own-machine': 'A machine of its own keeps versions beside each other, and going back is one rename.',
  windows: 'Windows does not let a link be switched under a running program: an application is updated at its place.',
  'unknown-host': 'Too little could be read: an application is updated at its place, which needs the fewest rights.',
  'engine-here': 'An engine and a compose program answer here.',
  'git-here': 'For a checkout that follows a branch or tags: git is here.',
  'any-tree': 'For a tree that follows a branch file by file.',
  'any-archive': 'For an application that is unpacked from a release archive.',
}

export function reasonOf(why: StrategyReason): string {
  return reasons[why]
}

/** What would not work, and what to do about it. */
export function limitText(limit: Limit): { readonly message: string; readonly hint: string } {
  switch (limit.code) {
    case 'engine-absent':
      return say(
        'No container engine can be reached from inside this container, so it cannot be replaced by a newer one.',
        'Run belay on the host, or mount the engine in: -v /var/run/docker.sock:/var/run/docker.sock.',
      )
    case 'engine-refused':
      return say(
        `The engine at ${limit.address} does not let this user in (${limit.errno}).`,
        'Run belay as root, or let its user in with "usermod -aG docker USER" and a new login.',
      )
    case 'engine-silent':
      return say(
        `The engine at ${limit.address} does not answer (${limit.errno}).`,
        'Start it, or say where it is in DOCKER_HOST.',
      )
    case 'compose-absent':
      return say(
        `No compose program answers beside ${limit.engine === 'podman' ? 'Podman' : 'Docker'}.`,
        limit.engine === 'podman'
          ? 'Install podman-compose 1.1 or newer, or docker-compose.'
          : 'Install the plugin "docker compose", or docker-compose.',
      )
    case 'git-absent':
      return say(`${limit.path} is a git work tree, and there is no git here.`, 'Install git.')
    case 'systemd-absent':
      return say(
        'There is no systemd: services are run by belay itself, and after a power cut nothing waits for belay to tidy up.',
        'Use "service: {type: process, command: […]}", and start belay resume before the applications at boot.',
      )
    case 'systemd-refused':
      return say('systemd runs and does not answer this user.', 'Run belay as root.')
    case 'restart-refused':
      return say(
        `${limit.unit} belongs to the system: user ${limit.uid} may neither stop nor start it.`,
        'Run belay as root, or make it a unit of that user ("service: {…, scope: user}").',
      )
    case 'sudo-blocked':
      return say(
        'sudo cannot be used here: what started belay set NoNewPrivileges.',
        "Remove NoNewPrivileges from belay's unit, or run belay as root.",
      )
    case 'path-closed':
      return say(
        `${limit.path} cannot be written to (${limit.errno}).`,
        limit.errno === 'EROFS'
          ? 'It is mounted read-only: mount it writable, or add it to ReadWritePaths of the unit that runs belay.'
          : 'Run belay as root, or as the user that it belongs to.',
      )
    case 'parent-closed':
      return say(
        `${limit.path} can be written to, and ${limit.parent} above it cannot (${limit.errno}): no version can be put beside it.`,
        'Leave it "layout: in-place", or let belay write above it.',
      )
    case 'system-read-only':
      return say(
        `${limit.paths.join(', ')} ${limit.paths.length === 1 ? 'is' : 'are'} read-only${
          limit.unit === null ? '' : ` for ${limit.unit} (ProtectSystem)`
        }.`,
        limit.unit === null
          ? 'Mount it writable where belay is to write.'
          : 'Name what belay writes in ReadWritePaths= of that unit.',
      )
    case 'home-hidden':
      return say(
        `${limit.unit} hides home folders (ProtectHome=${limit.value}): logins of registries in them are not found.`,
        'Set ProtectHome=no, or name the login in the config ("token: {file: …}").',
      )
    case 'memory-limit':
      return say(
        `${limit.unit ?? 'This container'} may use ${bytes(limit.bytes)} of memory: pip or npm in "prepare" may be ended by that.`,
        limit.unit === null ? 'Give it more memory.' : 'Raise MemoryMax= of that unit.',
      )
    case 'cpu-limit':
      return say(
        `${limit.unit} may use ${limit.percent} % of a processor: "prepare" takes that much longer.`,
        'Raise CPUQuota= of that unit.',
      )
    case 'file-mount':
      return say(
        `${limit.path} is mounted by itself: it cannot be replaced, only written to.`,
        'Nothing is needed for belay. Mount its folder instead if others are to see it whole at any moment.',
      )
  }
}

function say(message: string, hint: string): { readonly message: string; readonly hint: string } {
  return { message, hint }
}
