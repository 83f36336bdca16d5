import { githubSource } from '../../src/sources/github/index.ts'
import { sourceContract } from './source.contract.ts'
import { servedFolder } from './source.servers.ts'

sourceContract({
  kind: 'github',
  make: githubSource,
  config: (url) => ({ type: 'github', repo: 'group/app', api: url }),
  serve: servedFolder,
  states: { prerelease: true, digest: true, size: true },
})
