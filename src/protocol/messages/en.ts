import type { Messages } from './message.ts'

/** Titles say what happened and what state things are in; hints what to do next. */
export const en: Messages = {
  E_USAGE: { title: 'The command cannot be understood.', hint: 'See belay --help.' },
  E_CONFIG_NOT_FOUND: {
    title: 'There is no config file.',
    hint: 'Write one with belay init, or name one with -c FILE.',
  },
  E_CONFIG_INVALID: { title: 'The config has errors.', hint: 'belay validate lists them with file and line.' },
  E_COMPONENT_UNKNOWN: { title: 'The config names no such component.', hint: 'belay status lists the components.' },
  E_SECRET_MISSING: {
    title: 'A secret that the config refers to is not there.',
    hint: 'Set the environment variable, or write the file, that the config names.',
  },
  E_NETWORK: {
    title: 'The source could not be reached. Nothing was changed.',
    hint: 'Check the network and the address in the config, then try again.',
  },
  E_TIMEOUT: {
    title: 'It took longer than allowed.',
    hint: 'Try again; if it happens again, raise the timeout in the config.',
  },
  E_HTTP_STATUS: {
    title: 'The server answered with an error.',
    hint: 'Try again later; if it stays, check the address in the config.',
  },
  E_HTTP_INSECURE: {
    title: 'The address is not encrypted, and plain http is not allowed for it.',
    hint: 'Use https, or add the host to agent.allow_http.',
  },
  E_NOT_FOUND: { title: 'What was asked for does not exist there.', hint: 'Check the name or address.' },
  E_UNAUTHORIZED: { title: 'The source refused access.', hint: 'Check the token and what it may read.' },
  E_RATE_LIMITED: {
    title: 'The source allows no more requests for now.',
    hint: 'Wait until the limit ends, or configure a token.',
  },
  E_RESPONSE_INVALID: {
    title: 'The source answered something that belay does not understand.',
    hint: 'Check that the address is that of the source.',
  },
  E_RESPONSE_TOO_LARGE: {
    title: 'The answer is larger than allowed and was not read on.',
    hint: 'Check that the address is that of the source.',
  },
  E_NO_RELEASE: {
    title: 'The source has no release that fits.',
    hint: 'Check the repository and whether prereleases are wanted.',
  },
  E_NO_ASSET: {
    title: 'The release has no file that fits the pattern.',
    hint: 'Compare source.asset in the config with the files of the release.',
  },
  E_VERSION_UNKNOWN: {
    title: 'The version cannot be read, so nothing is offered.',
    hint: 'Check version: in the config.',
  },
  E_VERSION_NOT_FOUND: { title: 'The source does not offer that version.', hint: 'belay check shows the newest one.' },
  E_CHECKSUM_MISMATCH: {
    title: 'The download is not what the publisher stated. It was thrown away and nothing was changed.',
    hint: 'Try again; if it happens again, ask the publisher.',
  },
  E_CHECKSUM_MISSING: {
    title: 'The release states no checksum, and the config asks for one.',
    hint: 'Ask the publisher for one, or lower trust.require.',
  },
  E_TRUST_TOO_LOW: {
    title: 'The release is less well proved than the config asks for.',
    hint: 'Ask the publisher to sign it, or lower trust.require.',
  },
  E_ARCHIVE_FORMAT: {
    title: 'The file is not an archive that belay can unpack.',
    hint: 'Use tar.gz, tar.xz, tar.zst or zip.',
  },
  E_ARCHIVE_CORRUPT: {
    title: 'The archive is damaged. Nothing was changed.',
    hint: 'Try again; if it happens again, ask the publisher.',
  },
  E_ARCHIVE_HOSTILE: {
    title: 'The archive would write outside its folder and was refused. Nothing was changed.',
    hint: 'Do not install it; ask the publisher.',
  },
  E_ARCHIVE_TOO_LARGE: {
    title: 'The archive unpacks to more than allowed and was refused. Nothing was changed.',
    hint: 'Check the release; raise the limit only if you trust it.',
  },
  E_DISK_FULL: { title: 'There is not enough room on the disk.', hint: 'Free some space, then run the command again.' },
  E_READ_ONLY: { title: 'The file system is read-only.', hint: 'Mount it writable, then run the command again.' },
  E_PERMISSION: { title: 'Belay may not do this.', hint: 'Run it as root, or give its user the right.' },
  E_IO: { title: 'The disk reported an error.', hint: 'Look at the kernel log before trying again.' },
  E_COMMAND_FAILED: { title: 'A command failed.', hint: 'belay show has what it printed.' },
  E_COMMAND_NOT_FOUND: { title: 'A program is not installed.', hint: 'Install it, or correct its name in the config.' },
  E_PLATFORM: { title: 'This does not work on this system.', hint: 'The documentation lists what works where.' },
  E_TARGET_FOREIGN: {
    title: 'There is something in the place that belay did not put there. It was not touched.',
    hint: 'Take it over with belay adopt, or choose another path.',
  },
  E_TARGET_MOUNT: { title: 'The path is a mount point and cannot be exchanged.', hint: 'Use a folder inside it.' },
  E_PARENT_NOT_WRITABLE: {
    title: 'The folder around the path cannot be written to.',
    hint: 'Run belay as root, or choose a path whose parent it may write to.',
  },
  E_PATH_INVALID: { title: 'The path cannot be used.', hint: 'Use an absolute path without "..".' },
  E_NO_WAY_BACK: {
    title: 'There is no earlier version to go back to. Nothing was changed.',
    hint: 'Name a version that is still published with --to.',
  },
  E_COMPOSE_INVALID: {
    title: 'Compose rejects the compose file.',
    hint: 'Correct what it says, and try it with "docker compose config".',
  },
  E_COMPOSE_IMAGE: {
    title: 'The place where the image is written cannot be changed by itself.',
    hint: 'Give the service an image line of its own.',
  },
  E_FILE_CHANGED: {
    title: 'Somebody changed the file meanwhile, so it was left as it is.',
    hint: 'Write the version that you want into it, then run belay resume.',
  },
  E_LOCAL_CHANGES: {
    title: 'The checkout has changes or commits of its own, so nothing was changed.',
    hint: 'Commit and push them, set them aside with git stash, or set local_changes: stash.',
  },
  E_DATA_TRACKED: {
    title: 'The repository holds the data of this installation, and an update would replace it.',
    hint: 'Take it out of the repository, or name it under preserve: in the strategy.',
  },
  E_NOT_INSTALLED: { title: 'The component is not installed.', hint: 'belay update installs it.' },
  E_ENGINE_UNREACHABLE: {
    title: 'The container engine cannot be reached.',
    hint: 'Start it, or say where it is with DOCKER_HOST.',
  },
  E_ENGINE_ANSWER: {
    title: 'The container engine answered with an error.',
    hint: 'Its log says more (journalctl -u docker).',
  },
  E_PULL_FAILED: {
    title: 'The image could not be pulled. What runs was not touched.',
    hint: 'Try it by hand with docker pull.',
  },
  E_SERVICE_NOT_FOUND: { title: 'The service does not exist on this host.', hint: 'Check service: in the config.' },
  E_SERVICE_START: { title: 'The service did not start.', hint: 'belay show has its last log lines.' },
  E_SERVICE_STOP: { title: 'The service did not stop.', hint: 'Look at what it is doing, then run the command again.' },
  E_CHECK_FAILED: { title: 'A check did not pass.', hint: 'belay show tells what was seen.' },
  E_BACKUP_FAILED: {
    title: 'The backup could not be made, so nothing was changed.',
    hint: 'Check the room and rights in the backup folders.',
  },
  E_BACKUP_MISSING: { title: 'There is no such backup.', hint: 'belay backups list shows those that exist.' },
  E_BACKUP_UNREADABLE: {
    title: 'The backup cannot be read back and is not used.',
    hint: 'Choose another one: belay backups list.',
  },
  E_DATA_CHOICE: {
    title: 'A migration changed the data since that version. Nothing was changed.',
    hint: 'Say --restore-data to go back to the backup, or --keep-data to keep the data as it is.',
  },
  E_LOCKED: {
    title: 'Another run holds this component.',
    hint: 'Wait until it has ended, then run the command again.',
  },
  E_UNFINISHED_RUN: { title: 'A run was interrupted and is not finished.', hint: 'Run belay resume.' },
  E_JOURNAL_MISSING: {
    title: 'The journal is not there, although belay has worked here before.',
    hint: 'Check --state and that its disk is mounted; bring the folder back from a backup if it is lost.',
  },
  E_JOURNAL_UNREADABLE: {
    title: 'The journal cannot be read.',
    hint: 'Check the disk; bring the state folder back from a backup.',
  },
  E_STATE_UNSAFE: {
    title: 'Others may change the state folder, so it is not used.',
    hint: 'Make it yours alone: chmod 700.',
  },
  E_INTERRUPTED: { title: 'The step was interrupted and was undone.', hint: 'Run the command again.' },
  E_CANCELLED: { title: 'It was stopped at your request.', hint: 'Run the command again when it suits you.' },
  E_HELD: {
    title: 'The policy holds this version back. Nothing was changed.',
    hint: 'Wait, or install it all the same with --now.',
  },
  E_STUCK: {
    title: 'Neither version could be brought up. A person is needed.',
    hint: 'Look at belay show, repair what it names, then run belay resume.',
  },
  E_INTERNAL: { title: 'This is a fault in belay.', hint: 'Please report it with the output of belay show.' },
  E_CONFLICT: {
    title: 'Somebody changed the same thing meanwhile. Nothing was changed.',
    hint: 'Look at what holds now, then change it again.',
  },
  E_STOPPING: { title: 'The agent is stopping, so nothing new is begun.', hint: 'Try again when it answers again.' },
  E_AGENT_ABSENT: { title: 'No agent runs on this state folder.', hint: 'Start one: belay agent.' },
  E_SELF_LAYOUT: {
    title: 'Belay cannot update itself where it is installed like this. Nothing was changed.',
    hint: 'Install it with layout: slots and run it from current, or as a service of a compose file.',
  },
  E_SELF_UNCONFIRMED: {
    title: 'The new version of Belay did not show that it works.',
    hint: 'Its own log says why: journalctl -u belay-agent, or the log of its container.',
  },
  E_SELF_DRIVER: {
    title: 'What was to update Belay from beside could not be started. Nothing was changed.',
    hint: 'Run belay as root, or as the user whose units or containers it manages; belay show has what was said.',
  },
  E_REQUEST_INVALID: {
    title: 'The request is not understood. Nothing was done.',
    hint: 'See /api/v1/openapi.json for what each address takes.',
  },
  E_REQUEST_TOO_LARGE: { title: 'The request is larger than allowed. Nothing was done.', hint: 'Send less.' },
  E_LOGIN_NEEDED: {
    title: 'This needs someone who is logged in, or a valid token.',
    hint: 'Log in again, or make a token with belay token create.',
  },
  E_FORBIDDEN: {
    title: 'This is not allowed to you, or not from there. Nothing was done.',
    hint: 'Ask an administrator for the right, or log in at the host itself.',
  },
  E_TOO_MANY_ATTEMPTS: {
    title: 'There were too many attempts. Nothing was done.',
    hint: 'Wait a while, then try again.',
  },
  E_LISTEN: {
    title: 'The agent cannot answer at its address.',
    hint: 'Set agent.listen to an address and a port that are free.',
  },
  E_METADATA_INVALID: {
    title: 'The signed description of the releases is not well formed. Nothing was installed.',
    hint: 'Try again later; if it stays so, ask the publisher.',
  },
  E_METADATA_UNSIGNED: {
    title: 'The description of the releases is not signed by enough of the publisher’s keys. Nothing was installed.',
    hint: 'Try again later; if it stays so, ask the publisher by another way than this server.',
  },
  E_METADATA_ROLLBACK: {
    title:
      'The server shows an older description of the releases than this host has already seen. Nothing was installed.',
    hint: 'Try again later; if it stays so, ask the publisher by another way than this server.',
  },
  E_METADATA_MISMATCH: {
    title: 'Two signed files of the source contradict each other. Nothing was installed.',
    hint: 'Try again later; if it stays so, ask the publisher.',
  },
  E_METADATA_EXPIRED: {
    title: 'The publisher’s signature has run out. What is installed keeps running, and nothing new is installed.',
    hint: 'The publisher must sign again: belay release refresh.',
  },
  E_METADATA_MEMORY: {
    title: 'What this host remembers of the source cannot be read, so it cannot tell old from new.',
    hint: 'The message names the folder; restore it from a backup, or remove it to start again from the pinned root.',
  },
  E_CLOCK_SUSPECT: {
    title: 'The clock of this host and the signatures do not fit together. Nothing was installed.',
    hint: 'Set the clock, then check again.',
  },
  E_TARGET_UNKNOWN: {
    title: 'Nobody whom the source trusts with it vouches for that file.',
    hint: 'Check the name, and product and channel in the config.',
  },
  E_RELEASE_FLOORED: {
    title: 'The publisher no longer allows that old release.',
    hint: 'Choose a newer one: belay check shows it.',
  },
  E_MANIFEST_MISSING: {
    title: 'The config asks for an update manifest, and this release has none. Nothing was changed.',
    hint: 'Ask its publisher for one, or update without it: manifest: optional.',
  },
  E_MANIFEST_REFUSED: {
    title: 'The update manifest of this release is refused. Nothing was changed.',
    hint: 'Look at the reasons, and ask its publisher for a right one; or update without it: manifest: optional.',
  },
  E_BUNDLE_INVALID: {
    title:
      'The bundle cannot be used: it is damaged, cut off, or holds something that it does not list. Nothing was changed.',
    hint: 'Copy it again and compare the copies, or have it made anew: belay release bundle.',
  },
  E_BUNDLE_FOREIGN: {
    title: 'The bundle is of another product, or for another platform. Nothing was changed.',
    hint: 'Take the one that was made for this component and this host.',
  },
  E_TRAFFIC_UNREACHABLE: {
    title: 'The proxy in front of the application could not be asked. Whatever it served, it still serves.',
    hint: 'See that it runs and that Belay may reach its socket or its address, then try again.',
  },
  E_TRAFFIC_CONFIG: {
    title: 'The proxy does not know what traffic: names, such as a server or a file. Nothing was changed.',
    hint: 'Compare the config of the proxy with the guide of zero downtime, and correct either.',
  },
  E_TRAFFIC_REFUSED: {
    title: 'The proxy did not take the change. It serves what it served before.',
    hint: 'Its own log says why.',
  },
  E_NOT_SERVED: {
    title: 'The new version did not answer at the front door, so people were sent back to the old one.',
    hint: 'See that the proxy sends to the slots that traffic: names, and that traffic.identify reads the version.',
  },
  E_SLOT_UNFIT: {
    title: 'The application cannot run in two slots as it is configured. Nothing was changed.',
    hint: 'See the guide of zero downtime: a template unit or two compose services, and a port for each slot.',
  },
  E_SIGNATURE_MISSING: {
    title: 'The release carries no signature, and the config asks for one. Nothing was installed.',
    hint: 'Ask its publisher for a signed release, or lower trust.require.',
  },
  E_SIGNATURE_INVALID: {
    title: 'The signature of the release does not hold. Nothing was installed.',
    hint: 'Try again later; if it stays so, ask the publisher by another way than this server.',
  },
  E_SIGNATURE_OTHER: {
    title: 'The signature is genuine, but made for something else. Nothing was installed.',
    hint: 'Ask the publisher; somebody may have put another release in its place.',
  },
  E_SIGNER_UNTRUSTED: {
    title: 'The release is signed, but not by whom the config trusts. Nothing was installed.',
    hint: 'If the publisher changed keys or workflows, change trust in the config after asking them.',
  },
  E_KEY_LOCKED: {
    title: 'The passphrase does not open the key. Nothing was signed.',
    hint: 'Try again; replace a key whose passphrase is lost: belay release rotate ROLE.',
  },
  E_KEY_MISSING: {
    title: 'Too few keys have signed. Nothing was published.',
    hint: 'The message names those that still can: belay release sign --export FILE hands it to their owners.',
  },
  E_RELEASE_EXISTS: {
    title: 'That version was signed before with other content. Nothing was changed.',
    hint: 'Give what you built a new version.',
  },
  E_NOTIFY_REFUSED: {
    title: 'The receiver did not take the message.',
    hint: 'Check the address and the secret of the channel, then try it: belay notifications test NAME.',
  },
}
