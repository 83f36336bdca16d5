import { z } from 'zod'
import { id, type Server, text } from './server.ts'

/** What a dump does not say of its database: whose it is, how it sorts, who may use it, what is set for it. */
export const describedSchema = z.object({
  v: z.literal(1),
  database: z.string(),
  server: z.number(),
  owner: z.string(),
  encoding: z.string(),
  collate: z.string(),
  ctype: z.string(),
  provider: z.string().nullable(),
  locale: z.string().nullable(),
  rules: z.string().nullable(),
  tablespace: z.string(),
  limit: z.number(),
  comment: z.string().nullable(),
  /** null: as every new database has it. `to` null: everybody. */
  grants: z.array(z.object({ to: z.string().nullable(), privilege: z.string(), grantable: z.boolean() })).nullable(),
  /** `role` null: for everybody. Each line is `name=value`. */
  settings: z.array(z.object({ role: z.string().nullable(), lines: z.array(z.string()) })),
})

export type Described = z.infer<typeof describedSchema>

const roleOf = (column: string) => `CASE WHEN ${column} = 0 THEN NULL ELSE pg_get_userbyid(${column}) END`

/** null: there is no such database. */
export async function describe(server: Server, database: string): Promise<Described | null> {
  const found = await server.json(`
    SELECT json_build_object(
      'v', 1, 'database', d.datname, 'server', ${server.major}, 'owner', pg_get_userbyid(d.datdba),
      'encoding', pg_encoding_to_char(d.encoding), 'collate', d.datcollate, 'ctype', d.datctype,
      'provider', to_jsonb(d) ->> 'datlocprovider',
      'locale', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'),
      'rules', to_jsonb(d) ->> 'daticurules',
      'tablespace', t.spcname, 'limit', d.datconnlimit, 'comment', shobj_description(d.oid, 'pg_database'),
      'grants', CASE WHEN d.datacl IS NULL THEN NULL ELSE (
        SELECT coalesce(json_agg(json_build_object(
          'to', ${roleOf('a.grantee')}, 'privilege', a.privilege_type, 'grantable', a.is_grantable)), '[]')
        FROM aclexplode(d.datacl) a) END,
      'settings', (
        SELECT coalesce(json_agg(json_build_object('role', ${roleOf('s.setrole')}, 'lines', s.setconfig)), '[]')
        FROM pg_db_role_setting s WHERE s.setdatabase = d.oid))
    FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE d.datname = ${text(database)}`)
  return found === null ? null : describedSchema.parse(found)
}

const providers: Readonly<Record<string, string>> = { c: 'libc', i: 'icu', b: 'builtin' }

/** Makes an empty database of that name as the described one was made. */
export function createStatement(name: string, it: Described): string {
  const provider = providers[it.provider ?? 'c'] ?? 'libc'
  const locale =
    it.locale === null || provider === 'libc'
      ? ''
      : `${provider === 'icu' ? 'ICU' : 'BUILTIN'}_LOCALE ${text(it.locale)}`
  const rules = it.rules === null ? '' : `ICU_RULES ${text(it.rules)}`
  return [
    `CREATE DATABASE ${id(name)} WITH TEMPLATE template0 OWNER ${id(it.owner)} ENCODING ${text(it.encoding)}`,
    `LC_COLLATE ${text(it.collate)} LC_CTYPE ${text(it.ctype)}`,
    // To name the usual one takes a right of its own.
    it.tablespace === 'pg_default' ? '' : `TABLESPACE ${id(it.tablespace)}`,
    it.provider === null ? '' : `LOCALE_PROVIDER ${provider} ${locale} ${rules}`,
  ].join(' ')
}

/** What is set once its content is there: a limit of connections would have been in the way. */
export function attributeStatements(name: string, it: Described): readonly string[] {
  const database = id(name)
  return [
    ...(it.comment === null ? [] : [`COMMENT ON DATABASE ${database} IS ${text(it.comment)}`]),
    ...(it.limit < 0 ? [] : [`ALTER DATABASE ${database} WITH CONNECTION LIMIT ${Math.trunc(it.limit)}`]),
    ...it.settings.flatMap(({ role, lines }) => lines.map((line) => setStatement(database, role, line))),
    ...grantStatements(database, it),
  ]
}

function grantStatements(database: string, { grants, owner }: Described): readonly string[] {
  if (grants === null) return []
  return [
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC`,
    `REVOKE ALL ON DATABASE ${database} FROM ${id(owner)}`,
    ...grants.map(({ to, privilege, grantable }) => {
      const word = /^[A-Z ]+$/.test(privilege) ? privilege : 'CONNECT'
      return `GRANT ${word} ON DATABASE ${database} TO ${to === null ? 'PUBLIC' : id(to)}${grantable ? ' WITH GRANT OPTION' : ''}`
    }),
  ]
}

/** Settings that hold a list of names: as one text they would be one name. */
const lists: ReadonlySet<string> = new Set([
  'search_path',
  'temp_tablespaces',
  'local_preload_libraries',
  'session_preload_libraries',
  'createrole_self_grant',
])

function setStatement(database: string, role: string | null, line: string): string {
  const at = line.indexOf('=')
  const [name, value] = [line.slice(0, at), line.slice(at + 1)]
  const words = lists.has(name) ? (value.match(/"(?:[^"]|"")*"|[^\s,"]+/g) ?? []) : [value]
  const values = lists.has(name)
    ? words.map((word) => text(word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word)).join(', ')
    : text(value)
  const what = role === null ? `DATABASE ${database}` : `ROLE ${id(role)} IN DATABASE ${database}`
  return `ALTER ${what} SET ${name.split('.').map(id).join('.')} TO ${values === '' ? "''" : values}`
}
