import { spawn } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { TestRepository } from './tuf.repository.ts'
import { served, temporaryFolder } from './tuf.server.ts'

const program = resolve(import.meta.dirname, '../../bin/tuf-conformance')

/** The entry point for the public tuf-conformance suite, called as the suite calls it. */
export async function conformanceScene() {
  const repository = new TestRepository(Date.now())
  const { server } = await served(repository)
  const dir = await temporaryFolder()
  const [metadata, targets, rootFile] = [join(dir, 'metadata'), join(dir, 'targets'), join(dir, 'initial_root.json')]
  await writeFile(rootFile, repository.files.get('1.root.json') ?? '')
  const url = ['--metadata-url', `${server.url}/metadata/`, '--metadata-dir', metadata]
  const download = (...names: readonly string[]) =>
    run(
      [],
      [
        ...url,
        ...names.flatMap((name) => ['--target-name', name]),
        '--target-dir',
        targets,
        '--target-base-url',
        `${server.url}/targets/`,
        'download',
      ],
    )
  return {
    repository,
    server,
    metadata,
    targets,
    rootFile,
    init: () => run([], ['--metadata-dir', metadata, 'init', rootFile]),
    refresh: (before: readonly string[] = []) => run(before, [...url, 'refresh']),
    download,
    requests: () => server.seen.map(({ path }) => path.replace('/metadata/', '')),
    roles: async () => (await readdir(metadata)).filter((name) => name.endsWith('.json')).toSorted(),
  }
}

function run(
  wrap: readonly string[],
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly said: string }> {
  const [file = '', ...rest] = [...wrap, program, ...args]
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text: Buffer) => {
    said += text.toString()
  })
  return new Promise((done) => child.on('close', (code) => done({ code, said })))
}
