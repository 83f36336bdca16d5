import { commitOf, type Given, type Site, site } from './site.ts'
import type { GivenCommit } from './github.ts'

export const oldFiles = {
  'app/main.py': 'one\n',
  'app/gone.py': 'gone\n',
  'app/only/here.py': 'x\n',
  'run.sh': 'echo 1\n',
  'README.md': 'same\n',
  link: '-> README.md',
}
export const newFiles = {
  'app/main.py': 'two\n',
  'app/__init__.py': '',
  'app/new/deep.py': 'new\n',
  'run.sh': '!echo 1\n',
  'README.md': 'same\n',
  link: '-> app/main.py',
}

/** Two commits, the older one installed by Belay itself. */
export async function installed(
  given: Partial<Given> & { readonly older?: object; readonly newer?: object } = {},
): Promise<Site & { readonly older: GivenCommit; readonly newer: GivenCommit }> {
  const { older: first = oldFiles, newer: second = newFiles, ...rest } = given
  const [older, newer] = [commitOf(first as Record<string, string>), commitOf(second as Record<string, string>)]
  const here = await site({ commits: [older], ...rest })
  await here.open((belay) => belay.update('helpdesk'))
  here.github.commits.unshift(newer)
  here.github.asked.length = 0
  return Object.assign(here, { older, newer })
}
