import { type Command, InvalidArgumentError, Option } from 'commander'
import { componentTypes } from '../core/manifest/manifest.ts'
import type { ManifestFlags } from './commands/release-manifest.ts'
import type { Context } from './context.ts'
import type { ExitCode } from './exit-code.ts'

/** `release manifest`: makes an update manifest from what is said of a release, or says what is wrong with one. */
export function addManifest(release: Command, context: () => Context, done: (code: ExitCode) => void): void {
  release
    .command('manifest')
    .argument('[FILE]', 'a manifest that is to be checked; without it, one is made')
    .description('make the update manifest of a release, or check one')
    .requiredOption('--version <VERSION>', 'of the release')
    .option('--tag <TAG>', 'of the release (default: the version)')
    .addOption(new Option('--type <TYPE>', 'default: container with --image, else application').choices(componentTypes))
    .option('--component <NAME>', 'whose manifest it is')
    .option('--artifact <FILE>', 'the archive that hosts download; its checksum is written')
    .option('--url <URL>', 'where they download it')
    .option('--path <DIR>', 'where hosts have it installed')
    .option('--backups <DIR>', 'and where they keep backups (default: there)')
    .option('--service <NAME>', 'its systemd unit, or its service in the compose file')
    .option('--image <IMAGE>', 'such as ghcr.io/owner/app, without a tag')
    .option('--requirements <FILE>', 'Python requirements in the archive, which hosts install by their own config')
    .option('--migrations <FILE>', 'a program in the archive that changes data, which hosts run by their own config')
    .option('--health <URL>', 'that answers 200 when it is well')
    .option('--min-remote <VERSION>', 'the lowest version of the component remote')
    .option('--space <MB>', 'free megabytes that it needs (default: 1000, with --image 500)', megabytes)
    .option('-o, --out <FILE>', 'a file; one that ends in .json becomes JSON (default: standard output)')
    .option('--force', 'write over it')
    .action(async (file: string | undefined, flags: ManifestFlags) =>
      done(await (await import('./commands/release-manifest.ts')).releaseManifest(context(), file, flags)),
    )
}

function megabytes(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('Give a number of megabytes.')
  return Number(text)
}
