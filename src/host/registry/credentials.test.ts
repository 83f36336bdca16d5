import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parseReference } from '../../core/image/reference.ts'
import { problemOf } from '../../core/model/problem.ts'
import { openSecrets } from '../secrets.ts'
import { type Login, registryAuth } from './credentials.ts'

const secret = 'hunter2-s3cret'
const base64 = (text: string) => Buffer.from(text).toString('base64')
const entry = { auth: base64(`alice:${secret}`) }
const alice = { username: 'alice', password: secret }

async function home() {
  const dir = await mkdtemp(join(tmpdir(), 'belay-logins-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const environment: Record<string, string> = { HOME: dir, XDG_RUNTIME_DIR: join(dir, 'run'), PATH: join(dir, 'bin') }
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), text)
    return join(dir, path)
  }
  return {
    dir,
    environment,
    write,
    config: (json: object) => write('.docker/config.json', JSON.stringify(json)),
    /** A real program that answers as credential helpers do. */
    helper: async (name: string, script: string) => {
      await chmod(await write(`bin/docker-credential-${name}`, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`), 0o755)
    },
    ask: (image = 'ghcr.io/o/app', login: Login = {}, more: { helperTimeoutMs?: number } = {}) => {
      const reference = parseReference(image)
      if (reference === null) throw new Error('no reference')
      const secrets = openSecrets({ PASSWORD: 'own' })
      return registryAuth(reference, login, { secrets, environment, ...more }, new AbortController().signal)
    },
  }
}

/** What is told to a person of a failure, and to logs. */
async function failure(asked: Promise<unknown>) {
  const error: unknown = await asked.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  const { code, message, hint, facts } = problemOf(error)
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : ''
  return { code, hint, told: JSON.stringify({ message, hint, facts, cause }) }
}

test('when nobody has logged in, then there is no login', async () => {
  const { ask } = await home()
  expect(await ask()).toBe(null)
})

test('when the config has its own login, then that one is used', async () => {
  const { ask, config } = await home()
  await config({ auths: { 'ghcr.io': entry } })
  const own = { username: 'me', password: { env: 'PASSWORD' } }
  expect(await ask('ghcr.io/o/app', own)).toStrictEqual({ username: 'me', password: 'own' })
})

test.each([
  ['ghcr.io/o/app', 'ghcr.io'],
  ['ghcr.io/o/app', 'https://ghcr.io/v2/'],
  ['registry.example:5000/x', 'registry.example:5000'],
  ['nginx', 'https://index.docker.io/v1/'],
  ['nginx', 'docker.io'],
  ['docker.io/o/app', 'registry-1.docker.io'],
  ['quay.io/team/app', 'quay.io/team'],
])('when the login of %s is kept under %s, then it is found', async (image, key) => {
  const { ask, config } = await home()
  await config({ auths: { 'other.example': { auth: base64('x:y') }, [key]: entry } })
  expect(await ask(image)).toStrictEqual(alice)
})

test.each([
  ['registry.example/x', 'registry.example:5000'],
  ['registry.example:5000/x', 'registry.example'],
  ['quay.io/team2/app', 'quay.io/team'],
  ['ghcr.io.example/x', 'ghcr.io'],
])('when a login is for another place, then %s is not shown the one of %s', async (image, key) => {
  const { ask, config } = await home()
  await config({ auths: { [key]: entry } })
  expect(await ask(image)).toBe(null)
})

test('when DOCKER_CONFIG names a folder, then the one in HOME is not read', async () => {
  const { ask, config, write, environment, dir } = await home()
  await config({ auths: { 'ghcr.io': { auth: base64('home:x') } } })
  environment['DOCKER_CONFIG'] = join(dir, 'elsewhere')
  expect(await ask()).toBe(null)
  await write('elsewhere/config.json', JSON.stringify({ auths: { 'ghcr.io': entry } }))
  expect(await ask()).toStrictEqual(alice)
})

test.each([
  ['run/containers/auth.json', {}],
  ['.config/containers/auth.json', {}],
  ['named.json', { REGISTRY_AUTH_FILE: 'named.json' }],
])('when podman keeps the login in %s, then it is found', async (path, named) => {
  const { ask, write, environment, dir } = await home()
  for (const [name, file] of Object.entries(named)) environment[name] = join(dir, file)
  await write(path, JSON.stringify({ auths: { 'ghcr.io': entry } }))
  expect(await ask()).toStrictEqual(alice)
})

test('when an entry holds an identity token, then that is the login', async () => {
  const { ask, config } = await home()
  await config({ auths: { 'ghcr.io': { auth: base64('00000000-0000:'), identitytoken: secret } } })
  expect(await ask()).toStrictEqual({ identityToken: secret })
})

test('when a password holds colons, then it ends with the text', async () => {
  const { ask, config } = await home()
  await config({ auths: { 'ghcr.io': { auth: base64('alice:a:b:c') } } })
  expect(await ask()).toStrictEqual({ username: 'alice', password: 'a:b:c' })
})

const answers = (key: string, username: string) =>
  `read -r key; [ "$1 $key" = "get ${key}" ] || exit 9\nprintf '{"ServerURL":"x","Username":"${username}","Secret":"${secret}"}'`

test('when a helper keeps the login of one host, then it is asked for that host alone', async () => {
  const { ask, config, helper } = await home()
  await helper('fake', answers('ghcr.io', 'alice'))
  await config({ credHelpers: { 'ghcr.io': 'fake' } })
  expect(await ask()).toStrictEqual(alice)
  expect(await ask('quay.io/o/app')).toBe(null)
})

test('when a helper keeps all logins, then it is asked by the name that Docker uses', async () => {
  const { ask, config, helper } = await home()
  await helper('store', answers('https://index.docker.io/v1/', '<token>'))
  await config({ auths: { 'https://index.docker.io/v1/': {} }, credsStore: 'store' })
  expect(await ask('nginx')).toStrictEqual({ identityToken: secret })
})

test('when a helper knows no such login, then there is none', async () => {
  const { ask, config, helper } = await home()
  await helper('store', 'echo "credentials not found in native keychain"; exit 1')
  await config({ credsStore: 'store' })
  expect(await ask()).toBe(null)
})

test('when the program of a helper is not there, then the error names it and the file', async () => {
  const { ask, config } = await home()
  const path = await config({ credsStore: 'desktop' })
  const { code, told } = await failure(ask())
  expect(code).toBe('E_COMMAND_NOT_FOUND')
  expect(told).toContain('docker-credential-desktop')
  expect(told).toContain(path)
})

test.each([
  ['fails', `echo ${secret}; echo ${secret} >&2; exit 3`, 'E_COMMAND_FAILED'],
  ['answers something else', `echo '{"Secret": "${secret}"'`, 'E_COMMAND_FAILED'],
  ['answers without end', `while :; do echo ${secret}; done`, 'E_TIMEOUT'],
  ['never answers', `echo ${secret}; exec sleep 60`, 'E_TIMEOUT'],
])('when a helper %s, then that is an error with a hint, and nothing it wrote is repeated', async (_, script, code) => {
  const { ask, config, helper } = await home()
  await helper('fake', script)
  await config({ credHelpers: { 'ghcr.io': 'fake' } })
  const failed = await failure(ask('ghcr.io/o/app', {}, { helperTimeoutMs: 300 }))
  expect(failed).toMatchObject({ code, hint: expect.stringContaining('docker-credential-fake') })
  expect(failed.told).not.toContain(secret)
})

test.each([
  ['no JSON', `{"auths": {"ghcr.io": ${secret}}}`],
  ['a list', '[]'],
  ['an entry of another kind', `{"auths": {"ghcr.io": "${secret}"}}`],
  ['a helper with a path', '{"credsStore": "../../bin/x"}'],
  ['an auth that is no login', `{"auths": {"ghcr.io": {"auth": "${base64(secret)}"}}}`],
])('when the file holds %s, then the error names the file and nothing of what is in it', async (_, text) => {
  const { ask, write } = await home()
  const path = await write('.docker/config.json', text)
  const { code, told } = await failure(ask())
  expect(code).toBe('E_CONFIG_INVALID')
  expect(told).toContain(path)
  expect(told).not.toContain(secret)
  expect(told).not.toContain(base64(secret))
})

test('when a folder stands where the file should be, then that is an error and not "nobody logged in"', async () => {
  const { ask, dir } = await home()
  await mkdir(join(dir, '.docker/config.json'), { recursive: true })
  expect(await failure(ask())).toMatchObject({ code: 'E_PERMISSION', hint: expect.stringContaining('config.json') })
})

test('when a secret of belay is in the environment, then no helper sees it', async () => {
  const { ask, config, helper, environment } = await home()
  environment['BELAY_TOKEN'] = secret
  environment['AWS_PROFILE'] = 'prod'
  await helper('fake', 'printf \'{"Username":"%s","Secret":"%s"}\' "x${BELAY_TOKEN}" "$AWS_PROFILE"')
  await config({ credsStore: 'fake' })
  expect(await ask()).toStrictEqual({ username: 'x', password: 'prod' })
})
