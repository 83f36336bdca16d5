import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'vitest'
import { databaseNames } from '../../src/host/data/database/names.ts'
import type { DataWorld } from './backup.contract.ts'
import { startPostgres } from './databases.ts'

const rich = (name: string) => `
  ALTER DATABASE "${name}" SET search_path TO app, "$user", public;
  ALTER DATABASE "${name}" SET timezone TO 'Europe/Berlin';
  ALTER ROLE app IN DATABASE "${name}" SET statement_timeout TO '5min';
  ALTER DATABASE "${name}" WITH CONNECTION LIMIT 40;
  COMMENT ON DATABASE "${name}" IS 'the shop''s "data" \\ für alle';
  REVOKE CONNECT ON DATABASE "${name}" FROM PUBLIC;
  GRANT CONNECT ON DATABASE "${name}" TO reader WITH GRANT OPTION;
  CREATE SCHEMA app AUTHORIZATION app;
  CREATE EXTENSION pgcrypto SCHEMA public;
  CREATE TYPE app.mood AS ENUM ('gut', 'schlecht');
  CREATE DOMAIN app.plz AS text CHECK (VALUE ~ '^[0-9]{5}$');
  CREATE TABLE app.people (id bigserial PRIMARY KEY, name text NOT NULL UNIQUE, mood app.mood, plz app.plz, at timestamptz, day timestamp, photo bytea, more jsonb, tags text[]);
  INSERT INTO app.people (name, mood, plz, at, day, photo, more, tags)
    VALUES ('Jürgen Größe \\ "x" ''y''', 'gut', '01067', '2026-03-29 02:30:00+01', '2026-10-25 02:30:00', '\\x00ff0a27', '{"ä": [1, null]}', '{a,"b c",NULL}');
  INSERT INTO app.people (name, photo) SELECT 'n' || i, decode(repeat(md5(i::text), 2000), 'hex') FROM generate_series(1, 20) i;
  SELECT setval('app.people_id_seq', 4711);
  CREATE TABLE app.orders (id int GENERATED ALWAYS AS IDENTITY, person bigint REFERENCES app.people ON DELETE CASCADE) PARTITION BY RANGE (id);
  CREATE TABLE app.orders_1 PARTITION OF app.orders FOR VALUES FROM (1) TO (1000);
  INSERT INTO app.orders (person) SELECT id FROM app.people;
  CREATE INDEX CONCURRENTLY people_lower ON app.people (lower(name) COLLATE "de-x-icu");
  CREATE VIEW app.names AS SELECT name FROM app.people;
  CREATE MATERIALIZED VIEW app.counted AS SELECT count(*) FROM app.orders;
  CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.at = now(); RETURN NEW; END $$;
  CREATE TRIGGER touch BEFORE UPDATE ON app.people FOR EACH ROW EXECUTE FUNCTION app.touch();
  ALTER TABLE app.people OWNER TO app;
  GRANT SELECT ON app.people TO reader;
  COMMENT ON COLUMN app.people.name IS 'wie er heißt';
  SELECT lo_from_bytea(0, decode(repeat('00ff', 5000), 'hex'));
`

/** Databases of a real server of its own. */
export async function postgresWorld(): Promise<DataWorld> {
  const server = await startPostgres()
  await server.sql('postgres', 'CREATE ROLE app LOGIN; CREATE ROLE reader LOGIN')
  let made = 0
  const client = (database: string, script: string) => {
    const psql = spawn(
      'setpriv',
      ['--reuid=postgres', '--regid=postgres', '--clear-groups', 'psql', '-XqAt', '-h', server.socket, '-d', database],
      {
        stdio: ['pipe', 'pipe', 'ignore'],
        cwd: '/',
      },
    )
    psql.stdin.on('error', () => {})
    psql.stdin.write(script)
    return {
      psql,
      stop: async () => {
        if (psql.exitCode !== null || psql.signalCode !== null) return
        psql.kill('SIGKILL')
        await once(psql, 'exit')
      },
    }
  }
  return {
    name: 'postgres',
    close: () => server.close(),
    async make(shape) {
      // The longest name that there may be: what is made beside it must not be cut to the same one.
      const name = `Läden "${(made += 1)}" ${'x'.repeat(50 - String(made).length)}`
      const quoted = name.replaceAll('"', '""')
      if (shape !== 'absent') await server.sql('postgres', `CREATE DATABASE "${quoted}" OWNER app`)
      if (shape === 'rich') await server.sql(name, rich(quoted))
      const databases = async () => (await server.sql('postgres', 'SELECT datname FROM pg_database')).split('\n')
      return {
        spec: { type: 'postgres', database: name, host: server.socket },
        at: name,
        look: async () => ((await databases()).includes(name) ? await server.dump(name) : null),
        change: async () => {
          if (shape === 'absent') await server.sql('postgres', `CREATE DATABASE "${quoted}"`)
          await server.sql(
            name,
            `${shape === 'rich' ? "DROP TABLE app.orders CASCADE; UPDATE app.people SET name = 'neu ' || name; ALTER TABLE app.people DROP COLUMN mood;" : ''}
             CREATE TABLE public.newer (n int); INSERT INTO public.newer VALUES (1); CREATE EXTENSION citext;
             COMMENT ON DATABASE "${quoted}" IS 'migrated'; ALTER DATABASE "${quoted}" SET work_mem TO '8MB'`,
          )
        },
        remove: async () => {
          await server.sql('postgres', `DROP DATABASE "${quoted}"`)
        },
        kept: async ({ aside }) =>
          (await databases()).find((found) => found === databaseNames(name, aside).kept) ?? null,
      }
    },
    async write(data) {
      const name = data.at
      await server.sql(name, 'CREATE TABLE public.pairs (n int)')
      const { stop } = client(
        name,
        `DO $$ BEGIN FOR i IN 1..100000000 LOOP
           INSERT INTO public.pairs VALUES (i); INSERT INTO public.pairs VALUES (-i);
           COMMIT; IF i = 5 THEN RAISE WARNING 'writing'; END IF; END LOOP; END $$;\n`,
      )
      await expect.poll(() => server.sql(name, 'SELECT count(*) > 10 FROM public.pairs'), { timeout: 60_000 }).toBe('t')
      return { stop }
    },
    isWhole: async (data) =>
      (await server.sql(data.at, 'SELECT count(*) > 0 AND sum(n) = 0 FROM public.pairs')) === 't',
    async hold(data) {
      const { psql, stop } = client(data.at, "BEGIN; LOCK TABLE app.people; SELECT 'held';\n")
      await once(psql.stdout, 'data')
      return { stop }
    },
  }
}
