// needs: bed, containers
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startContainers } from '../e2e/bed/containers.ts'
import { pinnedNode, repository } from '../e2e/bed/requirements.ts'
import { serviceContract } from './service.contract.ts'

const timeoutMs = 600_000

test('when compose holds a service, then it keeps the contract of services', { timeout: timeoutMs }, async () => {
  await using bed = await startContainers()
  await bed.push('contract/service', { version: '1.0.0', healthcheck: false })
  const image = `${bed.registry.host}/contract/service:1.0.0`
  await bed.engine.docker(['pull', '--quiet', image])
  await using project = await bed.project('docker-compose')
  await project.write('README', 'a folder for the files of the contract')
  const program = join(repository, 'test/contracts/service.compose.inside.ts')
  const { stdout, stderr } = await project.run([pinnedNode(), program, project.folder, image], { timeoutMs })
  const lines = stdout.split('\n').filter((line) => line !== '')
  const results = lines.map((line) => JSON.parse(line) as { name: string; error: string | null })
  expect(results, stderr).toEqual(serviceContract.map(({ name }) => ({ name, error: null })))
})
