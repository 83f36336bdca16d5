import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import axe from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { commandFile } from '../../../../scripts/test/requirements.ts'
import { type Host, password } from './host.ts'

const execute = promisify(execFile)
const root = resolve(import.meta.dirname, '../../../..')
const hungMs = 60_000

/** The page as the sources are now, and a browser to look at it with. */
export async function openBrowser(): Promise<Browser> {
  await execute(process.execPath, ['scripts/run.mjs', 'page', '--if-changed'], { cwd: root })
  return chromium.launch({
    executablePath: commandFile('chromium') ?? 'chromium',
    // Tests run as root, and in containers with little shared memory.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  })
}

export interface View {
  readonly width?: number
  readonly height?: number
  readonly scheme?: 'light' | 'dark'
  readonly language?: 'en' | 'de'
  /** Where the host is reached, when that is not its own address. */
  readonly url?: string
}

interface AxeFinding {
  readonly id: string
  readonly impact: string | null
  readonly nodes: readonly { readonly target: unknown; readonly failureSummary?: string }[]
}

/** A person in front of the page of one host. Whatever a browser complains of is kept. */
export class Person {
  readonly page: Page
  readonly url: string
  private readonly context: BrowserContext
  /** Errors in the console, exceptions, what the content policy refused. */
  readonly complaints: string[] = []
  /** Requests that were refused or did not come through: a wrong password, a network that is away. */
  readonly refused: string[] = []

  private constructor(context: BrowserContext, page: Page, url: string) {
    this.context = context
    this.page = page
    this.url = url
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return
      const text = `${message.text()} (${message.location().url})`
      if (text.startsWith('Failed to load resource')) this.refused.push(text)
      else this.complaints.push(text)
    })
    page.on('pageerror', (error) => this.complaints.push(String(error)))
  }

  static async at(browser: Browser, host: Pick<Host, 'url'>, view: View = {}): Promise<Person> {
    const { width = 1280, height = 900, scheme = 'light', language = 'en', url = host.url } = view
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      locale: language === 'de' ? 'de-DE' : 'en-GB',
      reducedMotion: 'reduce',
    })
    context.setDefaultTimeout(hungMs)
    return new Person(context, await context.newPage(), url)
  }

  async go(path: string): Promise<void> {
    await this.page.goto(this.url + path)
  }

  /** Opens a view, logged in. */
  async logIn(name = 'anna', path = '/'): Promise<void> {
    await this.go(path)
    await this.page.locator('input[name=username]').fill(name)
    await this.page.locator('input[name=password]').fill(password)
    await this.page.locator('button[type=submit]').click()
    await this.page.locator('main#content').waitFor()
  }

  /** Their session ends, as it does when it is old. */
  async forget(): Promise<void> {
    await this.context.clearCookies()
  }

  /** Waits until this can be seen. */
  async sees(what: string | RegExp): Promise<void> {
    await this.page.getByText(what).filter({ visible: true }).first().waitFor()
  }

  /** Waits until nothing is a placeholder any more. */
  async isQuiet(): Promise<void> {
    await this.page.locator('h1, [role=dialog]').first().waitFor()
    await this.page.locator('.skeleton, [aria-busy=true]').first().waitFor({ state: 'detached' })
  }

  /** From the page of a component: what it would do is read, and it is begun. */
  async update(version: string): Promise<void> {
    const label = `Update to ${version}`
    await this.page.getByText(label).first().click()
    await this.page.getByRole('dialog').getByRole('button', { name: label }).click()
    await this.page.waitForURL(/\/runs\//)
  }

  /** Waits on the page of a run until nothing of it is under way: the sentence on top says how it ended. */
  async seesTheEnd(): Promise<void> {
    await this.page.locator('.outcome .outcome-icon:not(.turning)').waitFor()
  }

  /** Presses Tab until the focus is on what is called so. */
  async tabTo(name: string): Promise<void> {
    for (let pressed = 0; pressed < 60; pressed++) {
      await this.page.keyboard.press('Tab')
      const focused = await this.page.evaluate<string>('document.activeElement?.textContent ?? ""')
      if (focused.trim() === name) return
    }
    throw new Error(`the focus never came to "${name}"`)
  }

  /** Nothing is wider than the window, and no table hides what does not fit. */
  async staysInside(): Promise<void> {
    const cut = await this.page
      .locator('.table')
      .evaluateAll((tables) => tables.filter((table) => table.scrollWidth > table.clientWidth).length)
    if (cut > 0) throw new Error(`${cut} tables hide some of what is in them`)
    // As a text: what runs in the browser has other types than what runs here.
    const { scrollWidth, clientWidth } = await this.page.evaluate<{ scrollWidth: number; clientWidth: number }>(
      '(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }))(document.documentElement)',
    )
    if (scrollWidth > clientWidth)
      throw new Error(`the page is ${scrollWidth} px wide in a window of ${clientWidth} px`)
  }

  /** What an accessibility scan finds that is serious: `rule: where, why`. */
  async findings(): Promise<readonly string[]> {
    await this.page.evaluate(axe.source)
    const violations = await this.page.evaluate(
      async () =>
        (
          (await Reflect.get(globalThis, 'axe').run({ resultTypes: ['violations'] })) as {
            violations: AxeFinding[]
          }
        ).violations,
    )
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${String(node.target)} ${node.failureSummary ?? ''}`))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close()
  }
}
