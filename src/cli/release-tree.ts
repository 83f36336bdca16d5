import { type Command, InvalidArgumentError, Option } from 'commander'
import type {
  BuildFlags,
  InitFlags,
  LintFlags,
  PassphraseFlags,
  PublishFlags,
  RotateFlags,
  VerifyFlags,
} from './commands/release.ts'
import type { SignFlags } from './commands/release-sign.ts'
import type { Context } from './context.ts'
import type { ExitCode } from './exit-code.ts'
import { profiles } from '../core/publish/profile.ts'

/** The publisher's commands that work on a folder with keys and a repository. */
export function addPublishing(release: Command, context: () => Context, done: (code: ExitCode) => void): void {
  addMaking(release, context, done)
  addKeeping(release, context, done)
}

type Adder = (release: Command, context: () => Context, done: (code: ExitCode) => void) => void

const load = () => import('./commands/release.ts')

/** What all of them take. */
function desk(command: Command): Command {
  return command
    .option('--dir <DIR>', "the publisher's folder", '.')
    .option('--keys <DIR>', 'where the key files lie (default: keys in that folder)')
    .option('--passphrase-file <FILE>', 'its first line opens the keys (default: $BELAY_RELEASE_PASSPHRASE, or asked)')
}

const addMaking: Adder = (release, context, done) => {
  desk(release.command('init'))
    .description('make all roles, keys and an empty repository')
    .requiredOption('--product <NAME>', 'what is released')
    .addOption(new Option('--profile <PROFILE>', 'one person, or two of three').choices(profiles).default('solo'))
    .option('--channel <NAME>', 'such as stable or nightly; may be repeated (default: stable)', collect, [])
    .option('--url <URL>', 'where hosts will find the repository')
    .action(async (flags: InitFlags) => done(await (await load()).releaseInit(context(), flags)))
  desk(release.command('build'))
    .argument('TREE')
    .description('one archive of a folder: the same content gives the same bytes, anywhere')
    .requiredOption('--version <VERSION>', 'of the release')
    .option('--channel <NAME>', 'whose release it is', 'stable')
    .option('--platform <PLATFORM>', 'such as linux-x64 (default: for every platform)')
    .action(async (tree: string, flags: BuildFlags) => done(await (await load()).releaseBuild(context(), tree, flags)))
  desk(release.command('sign'))
    .argument('[FILE]', 'what --export wrote, on the machine with the keys')
    .description('sign a built release, or what waits for signatures')
    .option('--version <VERSION>', 'a version that was built')
    .option('--channel <NAME>', 'whose release it is', 'stable')
    .option('--floor <NUMBER>', 'the lowest release number that may still be installed', number)
    .option('--min-agent <VERSION>', 'the lowest version of belay that can install it')
    .option('--notes <FILE>', 'what is new, as text or Markdown')
    .option('--prerelease', 'offered to those alone who ask for prereleases')
    .option('--reboot', 'the host must be restarted after it')
    .option('--migration', 'it changes data')
    .option('--renew <ROLE>', 'sign this role again as it is, for a longer time; may be repeated', collect, [])
    .option('--export <FILE>', 'write what lacks signatures, for a machine without a network')
    .option('--import <FILE>', 'take over the signatures that were made there')
    .option('-y, --yes', 'do not ask')
    .action(async (file: string | undefined, flags: SignFlags) =>
      done(await (await import('./commands/release-sign.ts')).releaseSign(context(), file, flags)),
    )
  desk(release.command('publish'))
    .description('bring what is signed into the repository, whole or not at all')
    .option('--to <DIR>', 'and into this folder, that a server serves')
    .action(async (flags: PublishFlags) => done(await (await load()).releasePublish(context(), flags)))
}

const addKeeping: Adder = (release, context, done) => {
  desk(release.command('refresh'))
    .description('sign timestamp and snapshot again: each day, by a timer or CI')
    .option('--to <DIR>', 'and into this folder, that a server serves')
    .action(async (flags: PublishFlags) => done(await (await load()).releaseRefresh(context(), flags)))
  desk(release.command('rotate'))
    .argument('ROLE', 'root, targets, snapshot, timestamp or a channel')
    .description('new keys for a role; hosts follow by themselves')
    .option('--replace <KEY>', 'this key alone, such as root-1; may be repeated', collect, [])
    .action(async (role: string, flags: RotateFlags) =>
      done(await (await load()).releaseRotate(context(), role, flags)),
    )
  desk(release.command('passphrase'))
    .argument('[KEY...]', 'such as root-1 (default: all that the present one opens)')
    .description('close keys with another passphrase, as each of several people does')
    .option('--new-passphrase-file <FILE>', 'its first line is the new one (default: asked)')
    .action(async (names: string[], flags: PassphraseFlags) =>
      done(await (await load()).releasePassphrase(context(), names, flags)),
    )
  desk(release.command('lint'))
    .description('what will expire, and which keys are in danger; exit 1 when something must be done')
    .option('--strict', 'warnings count as errors')
    .action(async (flags: LintFlags) => done(await (await load()).releaseLint(context(), flags)))
  desk(release.command('verify'))
    .argument('[WHERE]', 'an address or a folder (default: the own repository)')
    .description('read it as a host would, from the pinned root')
    .option('--root <FILE>', 'the root.json that hosts were given')
    .action(async (where: string | undefined, flags: VerifyFlags) =>
      done(await (await load()).releaseVerify(context(), where, flags)),
    )
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

function number(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a release number from 0 on.')
  return Number(text)
}
