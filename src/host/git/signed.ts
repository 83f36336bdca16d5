/**
 * Parties: whoever may write to the repository, or serves it, and can put any commit and any tag into it; those whose keys
 * the config names. Git checks the signature, told by arguments alone whose keys count: neither the repository's own
 * settings nor those of the user or the host are asked, and of the programs for signatures only the one whose keys the
 * config names can be started.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fail, type Problem, problem } from '../../core/model/problem.ts'
import type { GitTrust } from '../../core/trust/settings.ts'
import { run } from '../process/run.ts'
import type { RemoteAccess } from './remote.ts'
import { git, gitLine, gitText, type Place } from './run.ts'
import { commitSignature, readTag, type SignatureKind } from './signed-object.ts'
import { readVerdict, type Verdict } from './signed-verdict.ts'

const objectBytesMax = 1024 * 1024

export interface SignedQuestion {
  readonly place: Place
  /** What the release is installed from. */
  readonly commit: string
  /** The tag that must be signed and name that commit; null: the commit itself must be signed. */
  readonly tag: string | null
  readonly trust: GitTrust
  readonly signal: AbortSignal
}

/** By whom, as it is shown. E_SIGNATURE_MISSING, E_SIGNER_UNTRUSTED, E_SIGNATURE_OTHER, E_SIGNATURE_INVALID. */
export async function proveCommit(question: SignedQuestion): Promise<{ readonly by: string } | Problem> {
  const { commit, tag } = question
  if (tag === null) {
    const text = await objectText(question, 'commit', commit)
    return judge(question, commit, text === null ? null : commitSignature(text), `commit ${commit.slice(0, 12)}`)
  }
  const about = `tag ${tag}`
  // By its id from here on: the tag may be moved at any time.
  const id = await idOf(question, `refs/tags/${tag}`)
  const text = id === null ? null : await objectText(question, 'tag', id)
  if (id === null || text === null) return unsigned(about)
  const read = readTag(text)
  if (read === null) return other(about, 'something that is no tag')
  if (read.name !== tag) return other(about, `the tag ${read.name}`)
  if (read.type !== 'commit' || read.object !== commit) return other(about, `${read.type} ${read.object.slice(0, 12)}`)
  return judge(question, id, read.signature, about)
}

async function judge(
  question: SignedQuestion,
  id: string,
  kind: SignatureKind | null,
  about: string,
): Promise<{ readonly by: string } | Problem> {
  const { trust, tag } = question
  if (kind === null) return unsigned(about)
  const keys = kind === 'ssh' ? trust.allowedSigners : kind === 'pgp' ? trust.keyring : null
  if (keys === null) return untrusted(about, `a signature of another kind (${kind}) than the config names keys for`)
  await readable(keys)
  const verb = tag === null ? 'verify-commit' : 'verify-tag'
  const verdict = kind === 'ssh' ? await bySsh(question, verb, id, keys) : await byGpg(question, verb, id, keys)
  if (verdict.kind === 'good') return { by: verdict.by }
  if (verdict.kind === 'untrusted') return untrusted(about, verdict.by)
  return problem('E_SIGNATURE_INVALID', `the signature of ${about} does not hold: ${verdict.why}`, {
    hint: 'It was changed after it was signed: ask the publisher by another way than this repository.',
    facts: { about },
  })
}

/** No program but the one that is meant: what it is called by cannot be found. */
const programs = ['gpg.program', 'gpg.openpgp.program', 'gpg.x509.program', 'gpg.ssh.program'] as const
const none = '/nonexistent/belay-trusts-no-such-signature'

function only(kind: SignatureKind, settings: readonly string[], env: Readonly<Record<string, string>>): RemoteAccess {
  const named =
    kind === 'ssh' ? { 'gpg.ssh.program': 'ssh-keygen' } : { 'gpg.program': 'gpg', 'gpg.openpgp.program': 'gpg' }
  const all: Readonly<Record<string, string>> = {
    ...Object.fromEntries(programs.map((name) => [name, none])),
    ...named,
  }
  return {
    env: { GIT_ALLOW_PROTOCOL: 'none', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', ...env },
    config: [...Object.entries(all).map(([name, program]) => `${name}=${program}`), ...settings],
  }
}

async function bySsh({ place, signal }: SignedQuestion, verb: string, id: string, signers: string): Promise<Verdict> {
  const settings = [`gpg.ssh.allowedSignersFile=${signers}`, 'gpg.minTrustLevel=fully']
  const result = await git(place, [verb, '--raw', id], { signal, access: only('ssh', settings, {}) })
  return readVerdict(result.code, result.stderr)
}

/** In a folder of its own, so that no other key is known, and no trust in one. */
async function byGpg({ place, signal }: SignedQuestion, verb: string, id: string, keyring: string): Promise<Verdict> {
  const home = await mkdtemp(join(tmpdir(), 'belay-gpg-'))
  try {
    const argv = ['gpg', '--homedir', home, '--batch', '--quiet', '--no-autostart', '--import', keyring] as const
    const imported = await run({
      argv,
      cwd: home,
      env: { LC_ALL: 'C' },
      timeoutMs: 60_000,
      signal,
      outputBytesMax: 65_536,
    })
    if (imported.code !== 0) throw unusable(keyring, 'gpg finds no public key in it')
    const access = only('pgp', ['gpg.minTrustLevel=undefined'], { GNUPGHOME: home })
    const result = await git(place, [verb, '--raw', id], { signal, access })
    return readVerdict(result.code, result.stderr)
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

function idOf({ place, signal }: SignedQuestion, name: string): Promise<string | null> {
  return gitLine(place, ['rev-parse', '--quiet', '--verify', '--end-of-options', name], { signal })
}

/** null: it is of another type. */
async function objectText(
  { place, signal }: SignedQuestion,
  type: 'tag' | 'commit',
  id: string,
): Promise<string | null> {
  if ((await gitLine(place, ['cat-file', '-t', id], { signal })) !== type) return null
  const size = Number(await gitLine(place, ['cat-file', '-s', id], { signal }))
  if (!(size <= objectBytesMax)) return null
  return gitText(place, ['cat-file', type, id], { signal })
}

async function readable(path: string): Promise<void> {
  try {
    if (!(await stat(path)).isFile()) throw unusable(path, 'it is no file')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null
    throw code === null ? error : unusable(path, code)
  }
}

function unusable(path: string, why: string) {
  return fail('E_CONFIG_INVALID', `the keys in ${path} cannot be used: ${why}`, {
    hint: 'Correct trust.git in the config.',
    facts: { path, why },
  })
}

function unsigned(about: string): Problem {
  return problem('E_SIGNATURE_MISSING', `the ${about} is not signed, and trust.git asks for it`, {
    hint: 'Nothing was fetched into the checkout. Ask its publisher to sign it (git tag -s), or take trust.git out of the config.',
    facts: { about },
  })
}

function untrusted(about: string, by: string): Problem {
  return problem('E_SIGNER_UNTRUSTED', `the ${about} is signed by somebody whom the config does not name: ${by}`, {
    hint: 'If a key of the publisher is missing in trust.git, add it after asking them.',
    facts: { about, by },
  })
}

function other(about: string, found: string): Problem {
  return problem('E_SIGNATURE_OTHER', `what stands at the ${about} was signed for something else: ${found}`, {
    hint: 'Somebody moved or renamed a tag. Check again; if it stays so, ask the publisher.',
    facts: { about, found },
  })
}
