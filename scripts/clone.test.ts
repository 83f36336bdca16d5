import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
let clone: string

/** A clone with `bin/belay` and a program that tells what it was started with. */
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'belay clone-'))
  cpSync(join(root, 'bin'), join(clone, 'bin'), { recursive: true })
  mkdirSync(join(clone, 'src/main'), { recursive: true })
  writeFileSync(
    join(clone, 'src/main/start.mjs'),
    'console.log(process.version, process.argv.slice(2)); process.exitCode = 3',
  )
})
afterEach(() => rmSync(clone, { recursive: true }))

function install(): void {
  mkdirSync(join(clone, 'node_modules/.bin'), { recursive: true })
  writeFileSync(join(clone, 'node_modules/.package-lock.json'), '{}')
  symlinkSync(process.execPath, join(clone, 'node_modules/.bin/node'))
}

function run(command: string, cwd: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  return { status, stdout, stderr }
}

test('when the packages are not installed, then the command says what installs them and ends with 2', () => {
  const { status, stderr } = run(join(clone, 'bin/belay'), '/')
  expect(status).toBe(2)
  expect(stderr).toContain(`npm run setup --prefix '${clone}'`)
})

test('when it is started through links from elsewhere, then it runs on the Node of the clone with its arguments and exit code', () => {
  install()
  symlinkSync('bin/belay', join(clone, 'relative'))
  symlinkSync(join(clone, 'relative'), join(clone, 'absolute'))
  const { status, stdout } = run(join(clone, 'absolute'), '/', 'plan', 'a b', '*')
  expect({ status, stdout }).toStrictEqual({ status: 3, stdout: `${process.version} [ 'plan', 'a b', '*' ]\n` })
})

test('when it is started by a shell in its own folder, then it finds the clone', () => {
  install()
  expect(run('sh', join(clone, 'bin'), 'belay').status).toBe(3)
})

test('when a task is unknown, then the tasks are named and the exit code is 2', () => {
  const { status, stderr } = run(process.execPath, root, 'scripts/run.mjs', 'nothing')
  expect(status).toBe(2)
  expect(stderr).toContain('demo, test')
})
