import { giteaSource } from '../../src/sources/gitea/index.ts'
import { sourceContract } from './source.contract.ts'
import { giteaServer } from './source.servers.ts'

sourceContract({
  kind: 'gitea',
  make: giteaSource,
  config: (url) => ({ type: 'gitea', repo: 'group/app', url }),
  serve: giteaServer,
  states: { prerelease: true, digest: false, size: true },
})
