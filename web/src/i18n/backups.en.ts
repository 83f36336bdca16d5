export const en = {
  list: 'Backups',
  what: 'Brings back',
  kinds: {
    path: (source: string) => `the files in ${source}`,
    sqlite: (source: string) => `the database ${source}`,
    postgres: (source: string) => `the PostgreSQL database ${source}`,
    mysql: (source: string) => `the MySQL database ${source}`,
    volume: (source: string) => `the volume ${source}`,
    tree: (source: string) => `the program in ${source}`,
  } as Readonly<Record<string, (source: string) => string>>,
  other: (kind: string, source: string) => `${kind} ${source}`,
  made: 'Made',
  version: 'With version',
  size: 'Size',
  place: 'Where',
  nothing: 'There is no backup yet.',
  nothingHint: 'One is made and read back before each update of a component that has data. You can make one now.',
  create: 'Back up now',
  createOf: (component: string) => `Back up ${component} now`,
  createHint: 'The data of the component is copied and read back. It goes on running.',
  created: (count: number) =>
    count === 1 ? 'One backup was made and read back.' : `${count} backups were made and read back.`,
  createdNone: 'This component has no data that is backed up: declare it in the config under "data".',
  restore: 'Restore',
  restoreLost: (component: string) =>
    `What ${component} has written since then is replaced. It is kept aside, and the run says where.`,
  prune: 'Remove old ones',
  pruneOf: (component: string) => `Remove old backups of ${component}`,
  pruneHint:
    'As many as the config says under "backups: keep" stay, the newest of them; what an unfinished run needs stays too.',
  pruneAction: 'Remove the old ones',
  pruned: (count: number) =>
    count === 0 ? 'None was too old.' : count === 1 ? 'One was removed.' : `${count} were removed.`,
}
