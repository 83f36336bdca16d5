import { spawn } from 'node:child_process'

/** Enough to read what went wrong; a test that prints without end does not fill the memory. */
const outputCharsMax = 400_000

export interface CommandResult {
  readonly exitCode: number
  /** Both streams in the order they arrived; the end of it when there was too much. */
  readonly output: string
}

/** Runs a script of this clone on the very Node that runs this one. */
export function runScript(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env, NO_COLOR: '1' },
    })
    let output = ''
    const take = (chunk: string) => {
      output = (output + chunk).slice(-outputCharsMax)
    }
    child.stdout.setEncoding('utf8').on('data', take)
    child.stderr.setEncoding('utf8').on('data', take)
    const stop = () => child.kill('SIGTERM')
    process.once('SIGTERM', stop)
    child.once('error', reject)
    child.once('close', (code) => {
      process.off('SIGTERM', stop)
      resolve({ exitCode: code ?? 1, output })
    })
  })
}
