import { type Command, InvalidArgumentError, Option } from 'commander'
import type { AdoptionFlags } from './commands/adoption.ts'
import type { RestoreFlags } from './commands/backups.ts'
import type { CheckFlags } from './commands/check.ts'
import type { DoctorFlags } from './commands/doctor.ts'
import type { HistoryFlags } from './commands/history.ts'
import type { InitFlags } from './commands/init.ts'
import type { ReleaseBundleFlags } from './commands/release-bundle.ts'
import type { ServeFlags } from './commands/release-serve.ts'
import type { InstallFlags, ListFlags } from './commands/notifications.ts'
import type { ResumeFlags } from './commands/resume.ts'
import type { RollbackFlags } from './commands/rollback.ts'
import type { ServiceFlags } from './commands/service.ts'
import type { BundleFlags } from './commands/support-bundle.ts'
import type { StatusFlags } from './commands/status.ts'
import type { TokenFlags } from './commands/token.ts'
import type { UpdateFlags } from './commands/update.ts'
import type { UserFlags } from './commands/user.ts'
import type { Context } from './context.ts'
import type { ExitCode } from './exit-code.ts'
import type { PlanFlags } from './update-options.ts'
import { listing } from './listing.ts'
import { addManifest } from './manifest-tree.ts'
import { addPublishing } from './release-tree.ts'
import { scopes } from '../core/access/scope.ts'
import type { ScheduleKind, ServiceWork } from '../ports/schedule.ts'

/**
 * The commands and their options. Each is imported when it is chosen: `status` must not wait for what only `update`
 * needs. (The imports above are types and vanish.)
 */
export function addCommands(program: Command, context: () => Context, done: (code: ExitCode) => void): void {
  addReading(program, context, done)
  addChanging(program, context, done)
  addTools(program, context, done)
  addAgent(program, context, done)
  addAccess(program, context, done)
  addService(program, context, done)
}

type Adder = (program: Command, context: () => Context, done: (code: ExitCode) => void) => void

const addReading: Adder = (program, context, done) => {
  program
    .command('init')
    .description('write a belay.yaml to start from')
    .option(
      '--from <FILE>',
      'take over from a folder or file: .env, version.py, dunebugger.conf, compose file, unit, git checkout; may be repeated',
      collect,
      [],
    )
    .option('--force', 'overwrite a config that is there')
    .action(async (flags: InitFlags) => done(await (await import('./commands/init.ts')).init(context(), flags)))
  program
    .command('validate')
    .description('check the config: every error with file, line and what to write instead')
    .action(async () => done(await (await import('./commands/validate.ts')).validate(context())))
  program
    .command('detect')
    .description('what this host is, what fits it, and what would not work')
    .action(async () => done(await (await import('./commands/detect.ts')).detect(context())))
  program
    .command('check')
    .argument('[NAME...]')
    .description('ask the sources what is new')
    .option('--force', 'ask again, whatever the cache knows')
    .option('--list-files', 'name every file that an update would touch')
    .option('--exit-code', 'exit 10 when there are updates')
    .action(async (names: string[], flags: CheckFlags) =>
      done(await (await import('./commands/check.ts')).check(context(), names, flags)),
    )
  program
    .command('status')
    .argument('[NAME]')
    .description('what is installed, what is available, and whether it runs')
    .option('--watch', 'show it again every two seconds')
    .action(async (name: string | undefined, flags: StatusFlags) =>
      done(await (await import('./commands/status.ts')).status(context(), name, flags)),
    )
  program
    .command('history')
    .argument('[NAME]')
    .description('past runs and how they ended')
    .option('--limit <COUNT>', 'how many', count, 20)
    .action(async (name: string | undefined, flags: HistoryFlags) =>
      done(await (await import('./commands/history.ts')).history(context(), name, flags)),
    )
  program
    .command('show')
    .argument('RUN')
    .description('one run with every step, and why it ended as it did')
    .action(async (run: string) => done(await (await import('./commands/history.ts')).show(context(), run)))
}

const addChanging: Adder = (program, context, done) => {
  program
    .command('plan')
    .argument('[NAME...]')
    .description('what an update would do: steps, bytes, outage, way back')
    .option('--all', 'every component: what would be updated, in which order, and what waits')
    .option('--to <VERSION>', 'this version instead of the newest')
    .option('--now', 'as if nothing but a hold kept it back')
    .action(async (names: string[], flags: PlanFlags) =>
      done(await (await import('./commands/plan.ts')).plan(context(), names, flags)),
    )
  program
    .command('update')
    .argument('[NAME...]')
    .description('update, or install; a failed update is undone')
    .option('--all', 'every component, one at a time')
    .option('--to <VERSION>', 'this version instead of the newest')
    .option('--from <FILE>', 'what a bundle holds, instead of asking the source')
    .option('--dry-run', 'the plan alone; changes nothing')
    .option('-y, --yes', 'do not ask')
    .option('--now', 'override the maintenance window and holds; recorded in the run')
    .addOption(new Option('--timed', 'started by a timer: what is held, or failed here before, waits').hideHelp())
    .action(async (names: string[], flags: UpdateFlags) =>
      done(await (await import('./commands/update.ts')).update(context(), names, flags)),
    )
  program
    .command('rollback')
    .argument('NAME')
    .description('go back to the last good version, or to another one')
    .option('--to <VERSION>', 'a version that is kept or still published')
    .option('--restore-data', 'put the data back as it was before the migration')
    .option('--keep-data', 'keep the data as it is, in spite of a migration')
    .option('-y, --yes', 'do not ask')
    .action(async (name: string, flags: RollbackFlags) =>
      done(await (await import('./commands/rollback.ts')).rollback(context(), name, flags)),
    )
  program
    .command('resume')
    .description('finish or undo what a crash left behind')
    .addOption(new Option('--boot', 'only what must be done before services start').hideHelp())
    .addOption(new Option('--here [RUN]', 'by this very process, also what moves belay itself').hideHelp())
    .action(async (flags: ResumeFlags) => done(await (await import('./commands/resume.ts')).resume(context(), flags)))
  program
    .command('adopt')
    .argument('NAME')
    .description('take an existing installation over into kept versions')
    .option('-y, --yes', 'do not ask')
    .action(async (name: string, flags: AdoptionFlags) =>
      done(await (await import('./commands/adoption.ts')).adopt(context(), name, flags)),
    )
  program
    .command('forget')
    .argument('NAME')
    .description('release it again as a plain folder')
    .option('-y, --yes', 'do not ask')
    .action(async (name: string, flags: AdoptionFlags) =>
      done(await (await import('./commands/adoption.ts')).forget(context(), name, flags)),
    )
}

const addTools: Adder = (program, context, done) => {
  const backups = listing(program.command('backups').description('list, create, restore or prune backups'))
  const load = () => import('./commands/backups.ts')
  backups
    .command('list', { isDefault: true })
    .argument('[NAME]')
    .description('those that exist, newest first')
    .action(async (name: string | undefined) => done(await (await load()).listBackups(context(), name)))
  backups
    .command('create')
    .argument('NAME')
    .description('back the data up now, verified by reading it back')
    .action(async (name: string) => done(await (await load()).createBackup(context(), name)))
  backups
    .command('restore')
    .argument('NAME')
    .argument('[BACKUP]')
    .description('put data back; what is there now is kept aside')
    .option('-y, --yes', 'do not ask')
    .action(async (name: string, id: string | undefined, flags: RestoreFlags) =>
      done(await (await load()).restoreBackup(context(), name, id, flags)),
    )
  backups
    .command('prune')
    .argument('[NAME]')
    .description('remove what the policy does not keep')
    .action(async (name: string | undefined) => done(await (await load()).pruneBackups(context(), name)))
  addNotifications(program, context, done)
  program
    .command('doctor')
    .argument('[NAME]')
    .description('what would not work and why; of NAME also how it ends')
    .option('--slow <PATH>', 'a path that takes seconds to answer, for the trial')
    .action(async (name: string | undefined, flags: DoctorFlags) =>
      done(await (await import('./commands/doctor.ts')).doctor(context(), name, flags)),
    )
  program
    .command('support-bundle')
    .description('logs, journal, config without secrets and what this host is, in one archive')
    .option('--out <FILE>', 'where it is written (default: a new file here)')
    .action(async (flags: BundleFlags) =>
      done(await (await import('./commands/support-bundle.ts')).supportBundle(context(), flags)),
    )
  const release = program
    .command('release')
    .description("the publisher's tools: make, sign, publish and serve releases")
    .helpCommand(false)
  addPublishing(release, context, done)
  addManifest(release, context, done)
  release
    .command('serve')
    .argument('DIR')
    .description('serve a folder of releases as a source for others')
    .option('--port <PORT>', '0 takes any free one', port, 8080)
    .option('--host <HOST>', 'address to listen on', '127.0.0.1')
    .action(async (dir: string, flags: ServeFlags) =>
      done(await (await import('./commands/release-serve.ts')).releaseServe(context(), dir, flags)),
    )
  release
    .command('bundle')
    .argument('[NAME]')
    .description('one file with a whole release, for a host without a network')
    .option('--repo <DIR>', "a publisher's own repository instead of a component's source")
    .option('--product <NAME>', 'which product of that repository, where it has several')
    .option('--channel <NAME>', 'and which channel', 'stable')
    .option('--version <VERSION>', 'this version instead of the newest')
    .option('--platform <PLATFORM>', 'such as linux-arm64 (default: this one); may be repeated', collect, [])
    .requiredOption('-o, --out <FILE>', 'where it is written')
    .action(async (name: string | undefined, flags: ReleaseBundleFlags) =>
      done(await (await import('./commands/release-bundle.ts')).releaseBundle(context(), name, flags)),
    )
}

const addNotifications: Adder = (program, context, done) => {
  const group = listing(program.command('notifications').description('the updates that were offered'))
  const load = () => import('./commands/notifications.ts')
  group
    .command('list', { isDefault: true })
    .description('open and installed ones, newest first')
    .option('--all', 'those that were dismissed or superseded too')
    .action(async (flags: ListFlags) => done(await (await load()).listNotifications(context(), flags)))
  group
    .command('show')
    .argument('ID', 'its number', whole)
    .description('one of them, with the files that it would touch')
    .action(async (id: number) => done(await (await load()).showNotification(context(), id)))
  group
    .command('install')
    .argument('ID', 'its number', whole)
    .description('update to exactly what was offered')
    .option('-y, --yes', 'do not ask')
    .action(async (id: number, flags: InstallFlags) =>
      done(await (await load()).installNotification(context(), id, flags)),
    )
  group
    .command('dismiss')
    .argument('ID', 'its number', whole)
    .description('take it from the list; the update stays available')
    .action(async (id: number) => done(await (await load()).dismissNotification(context(), id)))
  const channels = () => import('./commands/channels.ts')
  group
    .command('channels')
    .description('whom messages are sent to, and how that goes')
    .action(async () => done(await (await channels()).listChannels(context())))
  group
    .command('test')
    .argument('NAME', 'of the channel')
    .description('send a test message now')
    .action(async (name: string) => done(await (await channels()).testChannel(context(), name)))
}

const addAgent: Adder = (program, context, done) => {
  program
    .command('agent')
    .description('the daemon: checks in time, updates by policy, keeps services alive')
    .action(async () => done(await (await import('./commands/agent.ts')).agent(context())))
  program
    .command('reload')
    .description('let the agent read its config again; one with errors changes nothing')
    .action(async () => done(await (await import('./commands/reload.ts')).reload(context())))
}

const addAccess: Adder = (program, context, done) => {
  const user = listing(program.command('user').description('who may log in to the page and the API'))
  const users = () => import('./commands/user.ts')
  const scope = () => new Option('--scope <SCOPE>', 'what may be done').choices([...scopes])
  user
    .command('list', { isDefault: true })
    .description('all of them')
    .action(async () => done(await (await users()).listUsers(context())))
  user
    .command('add')
    .argument('NAME')
    .description('the password is asked for, or read from standard input')
    .addOption(scope())
    .addHelpText('after', '\nThe first user is an admin, all others may read unless told otherwise.')
    .action(async (name: string, flags: UserFlags) => done(await (await users()).addUser(context(), name, flags)))
  user
    .command('password')
    .argument('NAME')
    .description('set a new one, and log the user out everywhere')
    .action(async (name: string) => done(await (await users()).setPassword(context(), name)))
  user
    .command('remove')
    .argument('NAME')
    .description('and log them out everywhere; the last admin stays')
    .action(async (name: string) => done(await (await users()).removeUser(context(), name)))
  const token = listing(program.command('token').description('what programs log in with'))
  const tokens = () => import('./commands/token.ts')
  token
    .command('list', { isDefault: true })
    .description('all of them, without what is secret')
    .action(async () => done(await (await tokens()).listTokens(context())))
  token
    .command('create')
    .argument('[NAME]', 'what it is for', 'token')
    .description('make one; it is shown once')
    .addOption(scope().default('read'))
    .option('--expires <DURATION>', 'how long it is valid, such as 90d (default: without end)')
    .action(async (name: string, flags: TokenFlags) => done(await (await tokens()).createToken(context(), name, flags)))
  token
    .command('revoke')
    .argument('ID')
    .description('refuse it from now on')
    .action(async (id: string) => done(await (await tokens()).revokeToken(context(), id)))
}

const addService: Adder = (program, context, done) => {
  const service = program
    .command('service')
    .description('print, install or uninstall the agent, or a timed check or update')
    .helpCommand(false)
  const load = () => import('./commands/service.ts')
  const kinds: ScheduleKind[] = ['systemd', 'cron', 'launchd', 'schtasks']
  const works: ServiceWork[] = ['check', 'update', 'agent']
  const kind = () => new Option('--kind <KIND>', 'what starts it (default: what this host has)').choices(kinds)
  const work = (preset: string) => new Option('--do <WORK>', `what is started (default: ${preset})`).choices(works)
  const at = () => new Option('--at <CRON>', 'when: minute, hour, day, month, weekday (default: "0 3 * * *", spread)')
  service
    .command('print')
    .argument('[NAME...]')
    .description('the texts for this host, or for another; changes nothing')
    .addOption(kind())
    .addOption(work('check'))
    .addOption(at())
    .action(async (names: string[], flags: ServiceFlags) =>
      done(await (await load()).printService(context(), names, flags)),
    )
  service
    .command('install')
    .argument('[NAME...]')
    .description('write them, and start them in time')
    .addOption(kind())
    .addOption(work('check'))
    .addOption(at())
    .action(async (names: string[], flags: ServiceFlags) =>
      done(await (await load()).installService(context(), names, flags)),
    )
  service
    .command('uninstall')
    .description('remove what install wrote, and nothing else')
    .addOption(kind())
    .addOption(work('all'))
    .action(async (flags: ServiceFlags) => done(await (await load()).uninstallService(context(), flags)))
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give its number: belay notifications list.')
  return Number(text)
}

function count(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Give a number from 1 on.')
  return Number(text)
}

function port(text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(value <= 65_535)) throw new InvalidArgumentError('Give a port from 0 to 65535.')
  return value
}
