import { readFileSync } from 'node:fs'
import type { Requirement } from './requirements.ts'

function packagesOf(file: string): Readonly<Record<string, string>> {
  const found: { readonly packages: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(new URL(`../../test/e2e/bed/${file}`, import.meta.url), 'utf8'),
  )
  return found.packages
}

/**
 * What a test file may ask of the machine. It does so with a line `// needs: strace, compiler` at its top; a file that
 * asks for nothing must run on any machine.
 */
export const requirements: readonly Requirement[] = [
  {
    id: 'bed',
    suite: 'devices with a service manager of their own',
    // Whoever starts a device needs it, said or not.
    importedFrom: /from '(?:\.\.?\/)+(?:bed\/)?index\.ts'/,
    inFolder: 'test/e2e/',
    commands: packagesOf('packages.json'),
    root: true,
    probe: ['unshare', '--mount', '--net', 'true'],
  },
  {
    id: 'containers',
    suite: 'containers with an engine and a registry of their own',
    commands: packagesOf('containers.json'),
    root: true,
  },
  {
    id: 'podman',
    suite: 'containers by Podman',
    commands: { podman: 'podman', runc: 'runc' },
    present: { '/usr/lib/podman/netavark': 'netavark' },
  },
  {
    id: 'mounts',
    suite: 'full, read-only and forbidden disks',
    commands: { mount: 'mount', setpriv: 'util-linux' },
    root: true,
    probe: ['unshare', '--mount', 'mount', '-t', 'tmpfs', 'none', '/tmp'],
  },
  { id: 'users', suite: 'files of several users', commands: { setpriv: 'util-linux' }, root: true },
  { id: 'registry', suite: 'images in a real registry', commands: { 'docker-registry': 'docker-registry' } },
  {
    id: 'compose',
    suite: 'compose files, as both generations of compose read them',
    commands: { docker: 'docker.io', 'docker-compose': 'docker-compose', 'dpkg-deb': 'dpkg' },
  },
  {
    id: 'postgres',
    suite: 'data in PostgreSQL',
    commands: { pg_dump: 'postgresql-client', psql: 'postgresql-client' },
    present: { '/usr/lib/postgresql/15/bin/postgres': 'postgresql-15' },
    root: true,
  },
  {
    id: 'mariadb',
    suite: 'data in MariaDB',
    commands: { mariadbd: 'mariadb-server', 'mariadb-dump': 'mariadb-client' },
    root: true,
  },
  {
    id: 'alembic',
    suite: 'migrations by alembic',
    commands: { alembic: 'alembic' },
    present: { '/usr/lib/python3/dist-packages/psycopg2/__init__.py': 'python3-psycopg2' },
  },
  {
    id: 'chromium',
    suite: 'the page in a real browser',
    commands: { chromium: 'chromium' },
    present: { '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf': 'fonts-dejavu-core' },
  },
  { id: 'shellcheck', suite: 'faults of shell scripts', commands: { shellcheck: 'shellcheck' } },
  { id: 'systemd-analyze', suite: 'calendars, as systemd reads them', commands: { 'systemd-analyze': 'systemd' } },
  { id: 'python', suite: 'texts for other systems, read by the parsers of Python', commands: { python3: 'python3' } },
  {
    id: 'python-servers',
    suite: 'servers of Python that are told to end',
    commands: { gunicorn: 'gunicorn', uvicorn: 'uvicorn' },
  },
  {
    id: 'venv',
    suite: 'libraries of Python in an environment of their own',
    commands: { python3: 'python3', tar: 'tar' },
    present: { '/usr/lib/python3.11/ensurepip/__init__.py': 'python3.11-venv' },
  },
  {
    id: 'lxc',
    suite: 'hosts that are LXC containers',
    commands: { 'lxc-start': 'lxc', 'lxc-attach': 'lxc', newuidmap: 'uidmap' },
    root: true,
  },
  {
    id: 'nspawn',
    suite: 'hosts that are containers of systemd-nspawn',
    commands: { 'systemd-nspawn': 'systemd-container' },
    root: true,
  },
  { id: 'haproxy', suite: 'two slots behind HAProxy', commands: { haproxy: 'haproxy' } },
  { id: 'nginx', suite: 'two slots behind nginx', commands: { nginx: 'nginx-light' } },
  { id: 'git', suite: 'checkouts of git, and what it makes of files', commands: { git: 'git' } },
  {
    id: 'signed-git',
    suite: 'signed tags and commits of git',
    commands: { git: 'git', 'ssh-keygen': 'openssh-client', gpg: 'gpg', 'gpg-agent': 'gpg-agent', gpgconf: 'gpgconf' },
  },
  { id: 'caddy', suite: 'two slots behind Caddy', commands: { caddy: 'caddy' } },
  { id: 'faketime', suite: 'programs that are shown another time', commands: { faketime: 'faketime' } },
  { id: 'minisign', suite: 'signatures of the program minisign', commands: { minisign: 'minisign' } },
  { id: 'strace', suite: 'faults and kills at system calls', commands: { strace: 'strace' } },
  {
    id: 'archivers',
    suite: 'archives made by other programs',
    commands: { xz: 'xz-utils', zstd: 'zstd', unzip: 'unzip' },
  },
  {
    id: 'compiler',
    suite: 'faults injected by a compiled library',
    commands: { gcc: 'gcc' },
    present: { '/usr/include/stdio.h': 'libc6-dev' },
  },
]
