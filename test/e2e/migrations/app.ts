import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'

/**
 * A small application with a database and alembic's migrations, as Python services have them. It answers with its
 * version, the revision of its data and the rows, and refuses revisions that it cannot read.
 */
const server = `
import json, sys, signal
from http.server import BaseHTTPRequestHandler, HTTPServer
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

version = open('VERSION').read().strip()
reads = open('READS').read().split()
engine = create_engine(sys.argv[1], poolclass=NullPool)

class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            with engine.connect() as connection:
                revision = connection.execute(text('SELECT version_num FROM alembic_version')).scalar()
                rows = [name for (name,) in connection.execute(text('SELECT name FROM people ORDER BY id'))]
            code, body = 200 if revision in reads else 500, {'version': version, 'revision': revision, 'rows': rows}
        except Exception as error:
            code, body = 500, {'error': str(error)}
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())
    def log_message(self, *words):
        pass

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
HTTPServer(('127.0.0.1', int(sys.argv[2])), Page).serve_forever()
`

const environment = `
from alembic import context
from sqlalchemy import create_engine

# Each migration in a transaction of its own: one that fails leaves those before it, as most projects have it.
with create_engine(context.get_x_argument(as_dictionary=True)['url']).connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
`

const revision = (id: string, before: string | null, upgrade: string) => `
from alembic import op
import sqlalchemy as sa
revision, down_revision = ${JSON.stringify(id)}, ${before === null ? 'None' : JSON.stringify(before)}
def upgrade():
${upgrade
  .trim()
  .split('\n')
  .map((line) => `    ${line.trim()}`)
  .join('\n')}
def downgrade():
    raise NotImplementedError
`

const first = revision(
  'a1',
  null,
  `op.create_table('people', sa.Column('id', sa.Integer, primary_key=True), sa.Column('name', sa.Text, nullable=False), sa.Column('born', sa.DateTime(timezone=True)))
   op.execute("INSERT INTO people (name, born) VALUES ('Jürgen Größe', '2026-03-29 01:30:00'), ('Zoë', NULL)")`,
)
const second = revision(
  'b2',
  'a1',
  `op.add_column('people', sa.Column('email', sa.Text))
   op.execute("UPDATE people SET name = name || '!', email = name || '@example.org'")
   op.create_index('people_email', 'people', ['email'])`,
)
const third = revision(
  'c3',
  'b2',
  `op.execute("DELETE FROM people WHERE name LIKE 'Z%'")
   op.rename_table('people', 'persons')`,
)
const broken = revision('d4', 'c3', `op.execute("INSERT INTO nowhere VALUES (1)")`)

const releases = {
  '1.0.0': { reads: 'a1 b2', revisions: { a1: first } },
  '1.1.0': { reads: 'a1 b2', revisions: { a1: first, b2: second } },
  '1.2.0': { reads: 'd4', revisions: { a1: first, b2: second, c3: third, d4: broken } },
} as const

/** Packs 1.0.0, 1.1.0 (migrates) and 1.2.0 (its second migration fails, after its first changed schema and rows). */
export async function packReleases(dir: string): Promise<void> {
  for (const [version, { reads, revisions }] of Object.entries(releases)) {
    const tar = pack()
    const files = {
      VERSION: `${version}\n`,
      READS: reads,
      'server.py': server,
      'alembic.ini': '[alembic]\nscript_location = migrations\n',
      'migrations/env.py': environment,
      ...Object.fromEntries(Object.entries(revisions).map(([id, text]) => [`migrations/versions/${id}.py`, text])),
    }
    for (const [name, text] of Object.entries(files)) tar.entry({ name, mtime: new Date(0) }, text)
    tar.finalize()
    const bytes = gzipSync(await buffer(tar))
    const name = `app-${version}.tar.gz`
    await mkdir(join(dir, version), { recursive: true })
    await writeFile(join(dir, version, name), bytes)
    const sum = createHash('sha256').update(bytes).digest('hex')
    await writeFile(join(dir, version, `${name}.sha256`), `${sum}  ${name}\n`)
  }
}
