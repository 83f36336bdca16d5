import { z } from 'zod'
import type { Digest, Spec } from '../../core/model/names.ts'
import { parseJson } from '../http/json.ts'
import { parseItem } from '../http/parse.ts'
import type { Headers, HttpClient } from '../http/types.ts'
import { type Secrets, tokenKeys } from '../secrets.ts'
import { bundleBytesMax } from './bundle-limits.ts'
import { unsnappy } from './snappy.ts'

const answerBytesMax = 16 * 1024 * 1024
const attestationsMax = 30

const answerSchema = z.object({
  attestations: z
    .array(z.object({ bundle: z.unknown(), bundle_url: z.url().nullish() }))
    .max(1000)
    .transform((all) => all.slice(0, attestationsMax)),
})

/** A source of GitHub as far as its API is asked. */
const sourceSchema = z.object({ api: z.url().default('https://api.github.com'), ...tokenKeys })

export interface GithubDeps {
  readonly http: HttpClient
  readonly secrets: Secrets
}

/**
 * What GitHub has of attestations for a file, by its digest. Empty where it has none. Errors: as the HTTP client has them,
 * E_SECRET_MISSING.
 */
export async function githubAttestations(
  { http, secrets }: GithubDeps,
  asked: { readonly source: Spec; readonly repo: string; readonly digest: Digest },
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const { api, ...login } = sourceSchema.parse(asked.source)
  const token = await secrets.token(login)
  const secretHeaders: Headers = token === null ? {} : { authorization: `Bearer ${token}` }
  const url = `${api}/repos/${asked.repo}/attestations/${asked.digest}?per_page=${attestationsMax}&predicate_type=provenance`
  const headers = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' }
  const answer = await http.ask(url, { headers, secretHeaders, bytesMax: answerBytesMax, passes: [404], signal })
  if (answer.status === 404) return []
  const { attestations } = parseItem(parseJson(answer), answerSchema, answer.shownUrl, 'attestations')
  const bundles: unknown[] = []
  for (const { bundle, bundle_url: elsewhere } of attestations) {
    if (bundle !== null && bundle !== undefined) bundles.push(bundle)
    else if (typeof elsewhere === 'string') bundles.push(await bundleAt(http, elsewhere, signal))
  }
  return bundles
}

/** The address is signed for a short while, and lies with another host: the token is not sent there. */
async function bundleAt(http: HttpClient, url: string, signal: AbortSignal): Promise<unknown> {
  const { body } = await http.ask(url, { bytesMax: bundleBytesMax, signal })
  const text = body[0] === 0x7b ? body : unsnappy(body, bundleBytesMax)
  if (text === null) return undefined
  try {
    return JSON.parse(Buffer.from(text).toString('utf8'))
  } catch {
    return undefined
  }
}
