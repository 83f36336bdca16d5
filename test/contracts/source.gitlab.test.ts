import { gitlabSource } from '../../src/sources/gitlab/index.ts'
import { sourceContract } from './source.contract.ts'
import { gitlabServer } from './source.servers.ts'

sourceContract({
  kind: 'gitlab',
  make: gitlabSource,
  config: (url) => ({ type: 'gitlab', repo: 'group/app', url }),
  serve: gitlabServer,
  states: { prerelease: false, digest: false, size: false },
})
