import { httpSource } from '../../src/sources/http/index.ts'
import { sourceContract } from './source.contract.ts'
import { servedFolder } from './source.servers.ts'

sourceContract({
  kind: 'http',
  make: httpSource,
  config: (url) => ({ type: 'http', url: `${url}/feed.json` }),
  serve: servedFolder,
  states: { prerelease: true, digest: true, size: true },
})
