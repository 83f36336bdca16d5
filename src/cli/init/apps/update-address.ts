import { type Bare, bareAddress } from '../address.ts'
import type { Origin } from '../facts.ts'

/** What CRM's UPDATE_CHECK_URL means. `why`: it means nothing that can be followed. */
export type UpdateAddress =
  | { readonly origin: Origin; readonly why: string; readonly hadSecret: boolean }
  | { readonly wrong: string }

/** Names that the document of its updates writes for the reader's own. */
const placeholders =
  /(?:^|[/.])(?:yourusername|your-repo|your_username|your-update-server|YOUR_PROJECT_ID|your-server)(?:[/.]|$)|:\/\/(?:[\w-]+\.)*example\.(?:com|org|net)/i

/** Option A: GitHub's releases · option B: a server of one's own · option C: GitLab's. */
export function updateAddress(text: string): UpdateAddress {
  const bare = bareAddress(text)
  if (bare === null) return { wrong: 'UPDATE_CHECK_URL is no web address' }
  if (placeholders.test(bare.url))
    return {
      wrong: 'UPDATE_CHECK_URL is still the placeholder of its document, so its updater never had anything to ask',
    }
  const found = github(bare) ?? gitlab(bare)
  if (found !== null) return { ...found, hadSecret: bare.hadSecret }
  return {
    origin: { kind: 'http', url: bare.url },
    why: 'the update server of UPDATE_CHECK_URL',
    hadSecret: bare.hadSecret,
  }
}

type Found = { readonly origin: Origin; readonly why: string } | null

/** `…/repos/OWNER/NAME/releases…` of an API, or the page of releases that a person sees. */
function github({ url }: Bare): Found {
  const [, base = '', repo] =
    /^(https?:\/\/.*?)\/repos\/([\w.-]+\/[\w.-]+)\/releases(?:\/latest)?\/?(?:\?.*)?$/.exec(url) ?? []
  const page = /^https:\/\/(?:www\.)?github\.com\/([\w.-]+\/[\w.-]+?)(?:\.git)?(?:\/releases(?:\/.*)?)?\/?$/.exec(
    url,
  )?.[1]
  const name = repo ?? page
  if (name === undefined || name.split('/').some((part) => /^\.+$/.test(part))) return null
  const api = repo === undefined || base === 'https://api.github.com' ? null : base
  return {
    origin: { kind: 'github', repo: name, asset: 'source-tar', prereleases: false, api },
    why: 'the releases of UPDATE_CHECK_URL',
  }
}

function gitlab({ url }: Bare): Found {
  const [, server = '', written = ''] =
    /^(https?:\/\/.*?)\/api\/v4\/projects\/([^/?]+)\/releases(?:[/?].*)?$/.exec(url) ?? []
  if (written === '') return null
  const project = written.replace(/%2f/gi, '/')
  if (!/^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/.test(project)) return null
  return {
    origin: { kind: 'gitlab', project, url: server === 'https://gitlab.com' ? null : server, asset: 'source-tar' },
    why: 'the releases of UPDATE_CHECK_URL',
  }
}
