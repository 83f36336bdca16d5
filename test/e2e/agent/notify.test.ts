import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authority, httpReceiver, readMail, type Receiver, smtpReceiver } from '../../contracts/notifier.receivers.ts'
import { freePort } from '../../../examples/demo/free-port.ts'
import { publishReleases, type Releases, type World } from '../../crash/support/world.ts'
import { cli, installed } from '../faults/support/installed.ts'
import { Agent, until } from './support/agent.ts'
import { illSeconds, patient } from './support/patient.ts'

/** Messages of a real agent to a real mail server and a real web server. */
let releases: Releases
beforeAll(async () => {
  releases = await publishReleases()
})
afterAll(() => releases.close())

const secret = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`
const password = 'SECRET-smtp-password'
const ends = ['updated', 'failed', 'rolled_back', 'stuck']

/** 1.0.0 is installed, and the newest release is never healthy. */
async function world(notify: (dir: string) => object): Promise<World> {
  const here = await installed({
    releases: releases.url,
    app: (app) => ({
      ...patient(app, illSeconds),
      policy: { auto: 'all' },
      check: { after_start: '0s', jitter: '0s' },
    }),
  })
  await writeFile(join(here.dir, 'key'), secret)
  await writeFile(join(here.dir, 'password'), password)
  const config = JSON.parse(await readFile(here.configFile, 'utf8')) as { agent: object }
  const agent = { ...config.agent, listen: 'off', notify: notify(here.dir) }
  await writeFile(here.configFile, JSON.stringify({ ...config, agent }))
  return here
}

const hook = (port: number, dir: string) => ({
  type: 'webhook',
  url: `http://127.0.0.1:${port}/belay`,
  secret: { file: join(dir, 'key') },
  on: ends,
})

interface Told {
  readonly type: string
  readonly data: { readonly component: string; readonly to: string; readonly run: string; readonly title: string }
}

/** Whoever does not know the secret cannot have written these. */
function told({ seen }: Receiver): readonly Told[] {
  return seen.map(({ body, headers }) => new Webhook(secret).verify(body, headers as Record<string, string>) as Told)
}

async function channelsOf(here: World): Promise<readonly { readonly waiting: number }[]> {
  const { json } = await cli(here, ['notifications', 'channels'])
  return (json as unknown as { channels: readonly { readonly waiting: number }[] }).channels
}

/** That it was taken is written down, too: whoever is stopped before that tells it once more. */
async function allSent(here: World): Promise<void> {
  await until(async () => (await channelsOf(here)).every(({ waiting }) => waiting === 0))
}

test('when an update is rolled back then that is mailed and posted once, and the old history is not', async () => {
  await using mail = await smtpReceiver({ login: { user: 'belay', password } })
  await using web = await httpReceiver()
  const here = await world((dir) => ({
    web: hook(web.port, dir),
    mail: {
      type: 'email',
      host: '127.0.0.1',
      port: mail.port,
      user: 'belay',
      password: { file: join(dir, 'password') },
      from: 'belay@example.com',
      to: ['ops@example.com'],
      ca: authority,
      language: 'de',
      on: ends,
    },
  }))
  try {
    {
      await using agent = new Agent(here)
      await agent.says(/ended rolled-back/)
      await until(async () => mail.seen.length > 0 && web.seen.length > 0)
      await allSent(here)
      expect(await agent.stop()).toBe(0)
      expect(agent.said).not.toContain(password)
    }
    const updated = await cli(here, ['update', 'app', '--to', '1.0.1', '--yes'])
    expect(updated.code, updated.stderr).toBe(0)
    {
      await using agent = new Agent(here)
      await agent.says(/started/)
      await until(async () => mail.seen.length > 1 && web.seen.length > 1)
      await allSent(here)
      await agent.stop()
    }
    expect(told(web).map(({ type, data }) => [type, data.component, data.to])).toEqual([
      ['belay.rolled_back', 'app', '1.2.0-broken'],
      ['belay.updated', 'app', '1.0.1'],
    ])
    expect(mail.last).toEqual({ secure: true, user: 'belay' })
    expect(mail.seen.map((each) => readMail(each).split('\n')[0])).toEqual([
      expect.stringMatching(/^app: das Update ist gescheitert, 1\.0\.0 läuft wieder \(/),
      expect.stringMatching(/^app ist jetzt 1\.0\.1 /),
    ])
    expect(await channelsOf(here)).toMatchObject([
      { name: 'web', type: 'webhook', waiting: 0, given_up: 0, last_problem: null, last_sent: expect.any(String) },
      { name: 'mail', type: 'email', waiting: 0, given_up: 0, last_problem: null },
    ])
    const journal = await readFile(join(here.state, 'outbox.db'))
    for (const hidden of [secret, password]) expect(journal.includes(hidden)).toBe(false)
  } finally {
    await here.remove()
  }
})

test('when nobody listens and the agent is killed then it is told once, as soon as somebody listens', async () => {
  const port = await freePort()
  const here = await world((dir) => ({ web: hook(port, dir) }))
  try {
    {
      await using agent = new Agent(here)
      await agent.says(/ended rolled-back/)
      await agent.says(/channel web: a message is sent again after .*E_NETWORK/)
      agent.signal('SIGKILL')
      await agent.ended
    }
    expect(await channelsOf(here)).toMatchObject([{ waiting: 1, last_problem: { code: 'E_NETWORK' } }])
    await using web = await httpReceiver(port)
    {
      await using agent = new Agent(here)
      await until(async () => web.seen.length > 0)
      await allSent(here)
      await agent.stop()
    }
    {
      await using agent = new Agent(here)
      await agent.says(/started/)
      const sent = await cli(here, ['notifications', 'test', 'web'])
      expect(sent, sent.stderr).toMatchObject({ code: 0, json: { channel: 'web', sent: true } })
      await agent.stop()
    }
    expect(told(web).map(({ type }) => type)).toEqual(['belay.rolled_back', 'belay.test'])
  } finally {
    await here.remove()
  }
})
