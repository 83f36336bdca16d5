import { type Command, InvalidArgumentError, Option } from 'commander'
import type { AdoptionFlags } from './commands/adoption.ts'
import type { RestoreFlags } from './commands/backups.ts'
import type { CheckFlags } from './commands/check.ts'
import type { HistoryFlags } from './commands/history.ts'
import type { InitFlags } from './commands/init.ts'
import type { ServeFlags } from './commands/release-serve.ts'
import type { InstallFlags, ListFlags } from './commands/notifications.ts'
import type { ResumeFlags } from './commands/resume.ts'
import type { RollbackFlags } from './commands/rollback.ts'
import type { ServiceFlags } from './commands/service.ts'
import type { StatusFlags } from './commands/status.ts'
import type { UpdateFlags } from './commands/update.ts'
import type { Context } from './context.ts'
import type { ExitCode } from './exit-code.ts'
import type { PlanFlags } from './update-options.ts'
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
  const backups = program.command('backups').description('list, create, restore or prune backups').helpCommand(false)
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
  const release = program.command('release').description("the publisher's tools: serve").helpCommand(false)
  release
    .command('serve')
    .argument('DIR')
    .description('serve a folder of releases as a source for others')
    .option('--port <PORT>', '0 takes any free one', port, 8080)
    .option('--host <HOST>', 'address to listen on', '127.0.0.1')
    .action(async (dir: string, flags: ServeFlags) =>
      done(await (await import('./commands/release-serve.ts')).releaseServe(context(), dir, flags)),
    )
}

const addNotifications: Adder = (program, context, done) => {
  const group = program.command('notifications').description('the updates that were offered').helpCommand(false)
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
