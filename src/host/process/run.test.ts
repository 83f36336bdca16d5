import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BelayError, type Problem } from '../../core/model/problem.ts'
import { processInfo } from './find.ts'
import { resolveUser } from './identity.ts'
import { run, runOrFail, type RunInput } from './run.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-run-'))
  await chmod(dir, 0o755)
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const never = new AbortController().signal
const base = { timeoutMs: 20_000, signal: never }
const node = process.execPath

function script(code: string, more: Partial<RunInput> = {}): RunInput {
  return { ...base, cwd: dir, argv: [node, '-e', code], ...more }
}

async function problemFrom(promise: Promise<unknown>): Promise<Problem> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof BelayError)) throw new Error(`expected a BelayError, got ${String(error)}`)
  return error.problem
}

test('when a program ends with a code then its code, both streams and time are told', async () => {
  const result = await run(script('console.log("out"); console.error("err"); process.exit(3)'))
  expect(result).toMatchObject({ code: 3, signal: null, stdout: 'out\n', stderr: 'err\n', truncated: false })
  expect(result.ms).toBeGreaterThan(0)
})

test('when an argument holds shell syntax then it arrives as it is', async () => {
  const hostile = '$(touch pwned); `id` "x" \'y\' *'
  const result = await run(
    script('process.stdout.write(process.argv[1])', {
      argv: [node, '-e', 'process.stdout.write(process.argv[1])', hostile],
    }),
  )
  expect(result.stdout).toBe(hostile)
})

test('when the agent holds secrets then a program does not see them, and sees what it was given', async () => {
  process.env['GITHUB_TOKEN'] = 'secret-1'
  process.env['BELAY_STATE'] = '/x'
  try {
    const result = await run(script('process.stdout.write(JSON.stringify(process.env))', { env: { APP_MODE: 'blue' } }))
    const seen = JSON.parse(result.stdout) as Record<string, string>
    expect(Object.keys(seen)).not.toContain('GITHUB_TOKEN')
    expect(Object.keys(seen)).not.toContain('BELAY_STATE')
    expect(seen['APP_MODE']).toBe('blue')
    expect(seen['PATH']).toBe(process.env['PATH'])
  } finally {
    delete process.env['GITHUB_TOKEN']
    delete process.env['BELAY_STATE']
  }
})

test('when a program writes more than the limit then its end is kept', async () => {
  const result = await run(script('process.stdout.write("x".repeat(300000) + "END")', { outputBytesMax: 1000 }))
  expect(result.stdout).toHaveLength(1000)
  expect(result.stdout.endsWith('END')).toBe(true)
  expect(result.truncated).toBe(true)
})

test('when a program writes lines then each is handed over, long ones cut, the last without newline too', async () => {
  const lines: string[] = []
  await run(
    script('process.stdout.write("a\\n" + "b".repeat(5000) + "\\nlast")', { onLine: (line) => lines.push(line) }),
  )
  expect(lines).toEqual(['a', 'b'.repeat(2000), 'last'])
})

test('when input is given then the program reads it to its end', async () => {
  const result = await run(script('process.stdin.pipe(process.stdout)', { input: 'hello' }))
  expect(result.stdout).toBe('hello')
})

test('when a program runs too long then it ends with its children, also those that ignore TERM', async () => {
  const pids = join(dir, 'pids')
  const stubborn = `process.on('SIGTERM',()=>{});require('fs').appendFileSync(${JSON.stringify(pids)}, process.pid+'\\n');setInterval(()=>{},1000)`
  const parent = `require('child_process').spawn(process.execPath,['-e',${JSON.stringify(stubborn)}],{stdio:'inherit'});require('fs').appendFileSync(${JSON.stringify(pids)}, process.pid+'\\n');setInterval(()=>{},1000)`
  const tooLong = async (timeoutMs: number): Promise<readonly number[]> => {
    await writeFile(pids, '')
    const problem = await problemFrom(run(script(parent, { timeoutMs })))
    expect(problem.code).toBe('E_TIMEOUT')
    const seen = (await readFile(pids, 'utf8')).trim().split('\n').map(Number)
    // A busy machine did not get to the start of both in that time.
    return seen.length === 2 || timeoutMs > 20_000 ? seen : tooLong(timeoutMs * 3)
  }
  const seen = await tooLong(500)
  expect(seen).toHaveLength(2)
  await expect.poll(() => seen.filter((pid) => processInfo(pid) !== null)).toEqual([])
}, 120_000)

test('when the run is cancelled then the program ends and the error says so', async () => {
  const abort = new AbortController()
  const running = run(
    script('console.log("up");setInterval(()=>{},1000)', { signal: abort.signal, onLine: () => abort.abort() }),
  )
  expect((await problemFrom(running)).code).toBe('E_CANCELLED')
})

test('when a child keeps the pipes open after the program ended then the result comes all the same', async () => {
  const code = `const c=require('child_process').spawn('sleep',['30'],{stdio:'inherit'});console.log(c.pid);c.unref();process.exit(0)`
  const result = await run(script(code))
  process.kill(Number(result.stdout.trim()), 'SIGKILL')
  expect(result.code).toBe(0)
})

test('when belay stands still after the program ended then nothing that was written is lost', async () => {
  const [go, written, pidFile] = [join(dir, 'go'), join(dir, 'written'), join(dir, 'pid')]
  const child = `until [ -e ${go} ]; do sleep 0.01; done; echo late; : > ${written}`
  const code = `require('child_process').spawn('sh',['-c',${JSON.stringify(child)}],{stdio:['ignore','inherit','ignore']}).unref();require('fs').writeFileSync(${JSON.stringify(pidFile)},String(process.pid));process.exit(0)`
  const standStill = (): void => {
    writeFileSync(go, '')
    // Longer than the pipes are waited for.
    const begun = performance.now()
    while (performance.now() - begun < 1000 || (!existsSync(written) && performance.now() - begun < 60_000)) continue
  }
  // In the same turn of the loop in which its end is told, and that of no other program.
  const onEnd = (): void => {
    if (!existsSync(pidFile) || processInfo(Number(readFileSync(pidFile, 'utf8'))) !== null) return
    process.off('SIGCHLD', onEnd)
    setImmediate(standStill)
  }
  process.on('SIGCHLD', onEnd)
  const result = await run(script(code))
  expect(result.stdout).toBe('late\n')
})

test.each([
  ['no-such-program-of-belay', 'Install no-such-program-of-belay, or write its whole path.'],
  ['./tool', /exists in .* and is executable/],
])('when %s is not there then E_COMMAND_NOT_FOUND says what to do', async (program, hint) => {
  await writeFile(join(dir, 'tool'), 'not executable', { mode: 0o644 })
  const problem = await problemFrom(run({ ...base, cwd: dir, argv: [program] }))
  expect(problem.code).toBe('E_COMMAND_NOT_FOUND')
  expect(problem.hint).toMatch(hint)
})

test('when the folder is not there then that is said, not that the program is missing', async () => {
  const problem = await problemFrom(run({ ...base, cwd: join(dir, 'gone'), argv: [node] }))
  expect(problem.code).toBe('E_PATH_INVALID')
})

test('when a program fails then its last lines are in the message and the facts', async () => {
  const problem = await problemFrom(runOrFail(script('console.error("one\\ntwo: bad"); process.exit(9)')))
  expect(problem).toMatchObject({ code: 'E_COMMAND_FAILED', facts: { code: 9, lines: ['one', 'two: bad'] } })
  expect(problem.message).toContain('two: bad')
})

test('when a user is unknown then E_NOT_FOUND names it, and an option is no user', async () => {
  expect((await problemFrom(run({ ...base, cwd: dir, argv: ['id'], user: 'no-such-user' }))).code).toBe('E_NOT_FOUND')
  expect((await problemFrom(resolveUser('-G'))).code).toBe('E_NOT_FOUND')
  // A number is no name that useradd takes.
  expect((await problemFrom(resolveUser('98765'))).hint).toContain('chown -R USER FOLDER')
})

const asRoot = process.getuid?.() === 0

test.runIf(asRoot)('when run as another user then uid, gid, groups and HOME are theirs', async () => {
  const identity = await resolveUser('nobody')
  await mkdir(join(dir, 'open'), { mode: 0o755 })
  const result = await run({
    ...base,
    cwd: join(dir, 'open'),
    user: 'nobody',
    argv: ['sh', '-c', 'id -u; id -g; id -G; echo "$HOME $USER $LOGNAME"'],
  })
  expect(result.stdout.trim().split('\n')).toEqual([
    String(identity.uid),
    String(identity.gid),
    identity.groups.join(' '),
    `${identity.home} nobody nobody`,
  ])
})

test.runIf(asRoot)('when the user has supplementary groups then the program has them too', async () => {
  const groups = await resolveUser('postgres').catch(() => null)
  if (groups === null) return
  const result = await run({ ...base, cwd: '/', user: 'postgres', argv: ['id', '-G'] })
  expect(new Set(result.stdout.trim().split(' ').map(Number))).toEqual(new Set(groups.groups))
})
