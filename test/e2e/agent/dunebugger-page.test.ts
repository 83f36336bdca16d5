// needs: chromium
import { readFile } from 'node:fs/promises'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandFile } from '../../../scripts/test/requirements.ts'
import { publishReleases, type Releases, type World } from '../../crash/support/world.ts'
import { belay } from '../faults/support/installed.ts'
import { Agent, until } from './support/agent.ts'
import { addUser, appliance, originOf, password } from './support/frontend.ts'
import { sameOrigin } from './support/same-origin.ts'

/** The frontend's code from the component updater's document, unchanged, in a real browser on the agent's own origin. */
let releases: Releases
let browser: Browser
const frontend = new URL('../../fixtures/dunebugger/frontend.js.txt', import.meta.url)

beforeAll(async () => {
  releases = await publishReleases()
  browser = await chromium.launch({
    executablePath: commandFile('chromium') ?? 'chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  })
})
afterAll(async () => {
  await browser.close()
  await releases.close()
})

/** What that document leaves to the page around its code: a socket, and a button for each update. */
const around = `
const websocket = new WebSocket(location.origin.replace('http', 'ws') + '/ws')
function showUpdateButton(name, info) {
  const button = document.createElement('button')
  button.textContent = 'Update ' + name + ' to ' + info.latest
  button.onclick = () => performUpdate(name)
  document.body.append(button)
}
websocket.onopen = () => {
  const script = document.createElement('script')
  script.src = '/old/frontend.js'
  document.head.append(script)
}
`
const html =
  '<!doctype html><html lang="en"><title>Old</title><body><script src="/old/around.js"></script></body></html>'

interface Here {
  readonly world: World
  readonly page: Page
  readonly url: string
  /** What the console said, as `log: text`. */
  readonly said: readonly string[]
}

async function here(work: (here: Here) => Promise<void>, host: Parameters<typeof appliance>[1] = {}): Promise<void> {
  const world = await appliance(releases.url, host)
  try {
    await using agent = new Agent(world)
    const front = await sameOrigin(await originOf(agent), {
      '/old/': { type: 'text/html', text: html },
      '/old/around.js': { type: 'text/javascript', text: around },
      '/old/frontend.js': { type: 'text/javascript', text: await readFile(frontend, 'utf8') },
    })
    const context = await browser.newContext()
    const page = await context.newPage()
    const said: string[] = []
    page.on('console', (message) => {
      // A browser asks every site for its icon.
      if (!message.location().url.endsWith('/favicon.ico')) said.push(`${message.type()}: ${message.text()}`)
    })
    page.on('pageerror', (error) => said.push(`thrown: ${String(error)}`))
    try {
      await work({ world, page, url: front.url, said })
    } finally {
      await context.close()
      await front.close()
    }
  } finally {
    await world.remove()
  }
}

async function logIn({ world, page, url }: Here): Promise<void> {
  await addUser(world)
  await page.goto(`${url}/healthz`)
  const status = await page.evaluate(
    async (body) => {
      const headers = { 'content-type': 'application/json' }
      return (await fetch('/api/v1/session', { method: 'POST', headers, body })).status
    },
    JSON.stringify({ name: 'anna', password }),
  )
  expect(status).toBe(200)
}

test('when somebody has logged in then the code of the document checks, shows a button, and updates by it', () =>
  here(async (all) => {
    const { world, page, url, said } = all
    await logIn(all)
    await page.goto(`${url}/old/`)
    await page.getByRole('button', { name: 'Update app to 1.1.0' }).click()
    await until(async () => said.includes('log: Update successful: Updated app to 1.1.0'))
    expect((await world.look()).version).toBe('1.1.0')
    expect(said).toEqual(['log: app: Update available 1.0.0 -> 1.1.0', 'log: Update successful: Updated app to 1.1.0'])
  }))

test('when an update fails then the code of the document says so', () =>
  here(
    async (all) => {
      const { world, page, url, said } = all
      await logIn(all)
      await page.goto(`${url}/old/`)
      await page.getByRole('button', { name: 'Update app to 1.1.0' }).click()
      await until(async () => said.some((text) => /^error: Update failed: .*1\.0\.0 is back and verified/.test(text)))
      expect((await world.look()).version).toBe('1.0.0')
    },
    { migrates: false },
  ))

test('when nobody has logged in then the same page gets no socket, and nothing is begun', () =>
  here(async ({ world, page, url, said }) => {
    await page.goto(`${url}/old/`)
    await until(async () => said.some((text) => /^error: WebSocket connection .* failed/.test(text)))
    expect((await belay(world, (open) => open.runs())).length).toBe(1)
  }))
