// Runs the contract of services against compose and the engine that DOCKER_HOST names, as root, in the engine's namespaces:
//   node test/contracts/service.compose.inside.ts FOLDER IMAGE
// Writes one JSON line per case, {name, error}, and ends with code 1 when one failed.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { processInfo } from '../../src/host/process/find.ts'
import { run } from '../../src/host/process/run.ts'
import { composeServices } from '../../src/services/compose/index.ts'
import { type ServiceSubject, serviceContract } from './service.contract.ts'

const [folder = '', image = ''] = process.argv.slice(2)
const never = new AbortController().signal
const engine = process.env['DOCKER_HOST'] ?? ''

function open(file: string, project: string, service: string) {
  const kind = composeServices()
  const spec = {
    type: 'compose' as const,
    files: [file],
    services: [service],
    project,
    profiles: [],
    env_file: null,
    engine,
    stop_grace_ms: 20_000,
  }
  return kind.open(kind.config.parse(spec), { component: 'contract', spec, cwd: folder, user: null })
}

const shell = (script: string): string => JSON.stringify(['sh', '-c', script])

async function subject(n: number): Promise<ServiceSubject> {
  const project = `contract${n}`
  const file = join(folder, project, 'compose.yml')
  await mkdir(join(folder, project))
  const good = `trap 'exit 0' TERM; echo ready; while :; do sleep 0.1; done`
  await writeFile(
    file,
    `version: "3.4"
services:
  good: { image: "${image}", command: ${shell(good).replaceAll('$', '$$')} }
  broken: { image: "${image}", command: ${shell('echo broken on purpose >&2; exit 7')} }
`,
  )
  const service = open(file, project, 'good')
  return {
    service,
    broken: open(file, project, 'broken'),
    again: () => open(file, project, 'good'),
    crash: async () => {
      const { pid } = await service.inspect()
      process.kill(pid ?? -1, 'SIGKILL')
      while (processInfo(pid ?? -1) !== null) await new Promise((resolve) => setTimeout(resolve, 5))
    },
    dispose: async () => {
      const argv = ['docker-compose', '-f', file, '-p', project, 'down', '--timeout', '1'] as const
      const env = { PATH: process.env['PATH'] ?? '', DOCKER_HOST: engine, HOME: folder }
      await run({ argv, cwd: folder, env, timeoutMs: 60_000, signal: never })
    },
  }
}

for (const [n, { name, check }] of serviceContract.entries()) {
  const made = await subject(n)
  const error = await check(made).then(
    () => null,
    (thrown: unknown) => String(thrown instanceof Error ? thrown.stack : thrown),
  )
  await made.dispose()
  process.stdout.write(`${JSON.stringify({ name, error })}\n`)
  if (error !== null) process.exitCode = 1
}
