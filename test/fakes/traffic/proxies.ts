import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../../examples/demo/free-port.ts'
import { type NginxConfig, nginxSchema, placesOf } from '../../../src/traffic/nginx/schema.ts'
import { httpText, serverText } from '../../../src/traffic/nginx/text.ts'
import { answers } from './sample.ts'

type Program = 'haproxy' | 'nginx' | 'caddy'
/** Kinds of traffic. */
export type ProxyKind = Program | 'builtin'

interface Places {
  /** An empty folder of its own. */
  readonly dir: string
  readonly front: number
  readonly admin: number
  readonly blue: number
  readonly green: number
}

export interface Proxy extends AsyncDisposable {
  /** The front door, without a path. */
  readonly url: string
  /** `{ type: haproxy, … }` with `front` and `slots`, as a config of belay has it. */
  readonly traffic: Readonly<Record<string, unknown>>
  readonly places: Places
  /** As somebody else would, who knows nothing of belay: it reads its config anew. */
  reload(): void
}

interface Recipe {
  readonly file: string
  /** What an administrator writes once. */
  config(places: Places): string
  /** Files that stand beside it at first, by name. */
  beside?(places: Places): Readonly<Record<string, string>>
  command(dir: string): readonly [string, ...string[]]
  traffic(places: Places): Readonly<Record<string, unknown>>
  /** null: it cannot be told by a signal. */
  readonly reload: NodeJS.Signals | null
}

const address = (port: number) => `127.0.0.1:${port}`

const haproxy: Recipe = {
  reload: 'SIGUSR2',
  file: 'haproxy.cfg',
  config: ({ dir, front, blue, green }) => `global
    stats socket ${dir}/admin.sock mode 600 level admin
defaults
    mode http
    timeout connect 5s
    timeout client 1m
    timeout server 1m
    timeout tunnel 1h
frontend front
    bind ${address(front)}
    default_backend app
backend app
    option redispatch
    load-server-state-from-file local
    server-state-file-name ${dir}/servers.state
    server blue ${address(blue)}
    server green ${address(green)} disabled
`,
  command: (dir) => ['haproxy', '-W', '-f', join(dir, 'haproxy.cfg')],
  traffic: ({ dir }) => ({
    socket: join(dir, 'admin.sock'),
    backend: 'app',
    config: join(dir, 'haproxy.cfg'),
    state_file: join(dir, 'servers.state'),
  }),
}

/** `upstream`: what it includes of it, and what it passes requests to. */
function nginxConfig({ dir, front }: Places, upstream: { http: string; server: string; to: string }): string {
  return `daemon off;
user root;
worker_processes 2;
pid ${dir}/nginx.pid;
error_log ${dir}/error.log warn;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${dir}/body;
  proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi;
  scgi_temp_path ${dir}/scgi;
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  ${upstream.http}
  server {
    listen ${address(front)};
    ${upstream.server}
    location / {
      proxy_pass http://${upstream.to};
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_read_timeout 1h;
    }
  }
}
`
}

const nginxCommand = (dir: string): [string, ...string[]] => ['nginx', '-c', join(dir, 'nginx.conf')]

/** Two upstreams, as Belay asks for them. */
const nginx: Recipe = {
  reload: 'SIGHUP',
  file: 'nginx.conf',
  config: (places) => {
    const { http, server } = placesOf(nginxOf(places))
    return nginxConfig(places, { http: `include ${http};`, server: `include ${server};`, to: '$app' })
  },
  beside: (places) => {
    const config = nginxOf(places)
    const slot = (port: number) => ({ host: '127.0.0.1', port })
    const { blue, green } = places
    return {
      'app.http.conf': httpText(config, { blue: slot(blue), green: slot(green) }),
      'app.server.conf': serverText(config),
    }
  },
  command: nginxCommand,
  traffic: nginxKeys,
}

function nginxKeys({ dir, admin }: Places) {
  return { upstream: 'app', folder: dir, status: address(admin), program: nginxCommand(dir) }
}

function nginxOf(places: Places): NginxConfig {
  return nginxSchema.parse({ type: 'nginx', ...nginxKeys(places) })
}

/** One upstream in a file of its own, for those who write it and reload by hand. */
const nginxByHand: Recipe = {
  reload: 'SIGHUP',
  file: 'nginx.conf',
  config: (places) => nginxConfig(places, { http: `include ${places.dir}/upstream.conf;`, server: '', to: 'app' }),
  beside: ({ blue }) => ({ 'upstream.conf': `upstream app {\n  server ${address(blue)};\n}\n` }),
  command: nginxCommand,
  traffic: () => ({}),
}

/** Both upstreams stand in it for ever; a file chooses. */
const caddy: Recipe = {
  reload: null,
  file: 'Caddyfile',
  config: ({ dir, front, admin, blue, green }) => `{
  admin ${address(admin)}
  auto_https off
}
http://${address(front)} {
  @green file {
    root ${dir}
    try_files green
  }
  reverse_proxy @green ${address(green)}
  reverse_proxy ${address(blue)}
}
`,
  command: (dir) => ['caddy', 'run', '--config', join(dir, 'Caddyfile'), '--adapter', 'caddyfile'],
  traffic: ({ dir, admin }) => ({ admin: `http://${address(admin)}`, file: join(dir, 'green') }),
}

const recipes: Readonly<Record<Program | 'nginx by hand', Recipe>> = {
  haproxy,
  nginx,
  caddy,
  'nginx by hand': nginxByHand,
}

/**
 * A real one in front of the ports of two slots. `dir`: an empty folder. Resolves once it listens; `builtin` is Belay's own, which it
 * starts itself.
 */
export async function startProxy(kind: ProxyKind | 'nginx by hand', dir: string): Promise<Proxy> {
  const [front, admin, blue, green] = [await freePort(), await freePort(), await freePort(), await freePort()]
  const places = { dir, front, admin, blue, green }
  const url = `http://${address(front)}`
  const traffic = { type: kind, front: `${url}/health`, slots: { blue, green } }
  if (kind === 'builtin') {
    const ours = { ...traffic, listen: address(front) }
    return { url, places, traffic: ours, reload: () => {}, [Symbol.asyncDispose]: async () => {} }
  }
  const recipe = recipes[kind]
  await mkdir(dir, { recursive: true })
  for (const [name, text] of Object.entries({ [recipe.file]: recipe.config(places), ...recipe.beside?.(places) })) {
    await writeFile(join(dir, name), text)
  }
  const [program, ...words] = recipe.command(dir)
  const env = { ...process.env, HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir }
  const child = spawn(program, words, { cwd: dir, stdio: ['ignore', 'ignore', 'ignore'], env })
  await answers(url, child)
  return {
    url,
    places,
    traffic: { ...traffic, ...recipe.traffic(places) },
    reload: () => void (recipe.reload !== null && child.kill(recipe.reload)),
    [Symbol.asyncDispose]: () => ended(child),
  }
}

/** A master tells its workers by itself; killed, it could not. */
async function ended(child: ChildProcess): Promise<void> {
  if ((child.exitCode ?? child.signalCode) !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}
