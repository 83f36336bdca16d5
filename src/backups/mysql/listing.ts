import { id, type Server, text } from './server.ts'

/** What a database is made of, by name. */
export interface Listing {
  readonly charset: string
  readonly collation: string
  /** Everything that holds rows: tables, sequences, tables with a history. */
  readonly tables: readonly string[]
  /** Of these, those that no transaction protects. */
  readonly unsafe: readonly string[]
  /** Of these, those that keep what was. */
  readonly versioned: readonly string[]
  readonly views: readonly string[]
  readonly triggers: readonly string[]
  readonly routines: readonly {
    readonly kind: 'FUNCTION' | 'PROCEDURE' | 'PACKAGE' | 'PACKAGE BODY'
    readonly name: string
  }[]
  readonly events: readonly string[]
}

const transactional: ReadonlySet<string> = new Set(['innodb', 'rocksdb', 'tokudb'])
const routineKinds = ['FUNCTION', 'PROCEDURE', 'PACKAGE', 'PACKAGE BODY'] as const

/** null: there is no such database. */
export async function list(server: Server, database: string): Promise<Listing | null> {
  const name = text(database)
  const rows = await server.sql([
    `SELECT 'schema', default_character_set_name, default_collation_name FROM information_schema.schemata WHERE schema_name = ${name}`,
    `SELECT 'table', table_name, table_type, COALESCE(engine, '') FROM information_schema.tables WHERE table_schema = ${name} ORDER BY table_name`,
    `SELECT 'trigger', trigger_name FROM information_schema.triggers WHERE trigger_schema = ${name} ORDER BY trigger_name`,
    `SELECT 'routine', routine_name, routine_type FROM information_schema.routines WHERE routine_schema = ${name} ORDER BY routine_name`,
    `SELECT 'event', event_name FROM information_schema.events WHERE event_schema = ${name} ORDER BY event_name`,
  ])
  const of = (word: string) =>
    rows.flatMap(([kind, first = '', ...rest]) => (kind === word ? [[first, ...rest] as const] : []))
  const [schema] = of('schema')
  if (schema === undefined) return null
  const tables = of('table').filter(([, type]) => type !== 'VIEW' && type !== 'SYSTEM VIEW')
  return {
    charset: schema[0],
    collation: schema[1] ?? '',
    tables: tables.map(([table]) => table),
    unsafe: tables.flatMap(([table, type, engine = '']) =>
      type === 'SEQUENCE' || transactional.has(engine.toLowerCase()) ? [] : [table],
    ),
    versioned: tables.flatMap(([table, type]) => (type === 'SYSTEM VERSIONED' ? [table] : [])),
    views: of('table').flatMap(([view, type]) => (type === 'VIEW' ? [view] : [])),
    triggers: of('trigger').map(([trigger]) => trigger),
    routines: of('routine').flatMap(([routine, kind]) => {
      const known = routineKinds.find((one) => one === kind)
      return known === undefined ? [] : [{ kind: known, name: routine }]
    }),
    events: of('event').map(([event]) => event),
  }
}

/** What is not rows: it cannot be renamed to another database, and stands in the way of tables that are. */
export function dropPrograms(database: string, it: Listing): readonly string[] {
  const inside = (name: string) => `${id(database)}.${id(name)}`
  const last = (kind: string) => (kind === 'PACKAGE' ? 1 : 0)
  return [
    ...it.events.map((name) => `DROP EVENT IF EXISTS ${inside(name)}`),
    ...it.triggers.map((name) => `DROP TRIGGER IF EXISTS ${inside(name)}`),
    ...it.views.map((name) => `DROP VIEW IF EXISTS ${inside(name)}`),
    ...it.routines
      .toSorted((a, b) => last(a.kind) - last(b.kind))
      .map(({ kind, name }) => `DROP ${kind} IF EXISTS ${inside(name)}`),
  ]
}

export function charsetClause({ charset, collation }: Pick<Listing, 'charset' | 'collation'>): string {
  return `CHARACTER SET ${id(charset)} COLLATE ${id(collation)}`
}
