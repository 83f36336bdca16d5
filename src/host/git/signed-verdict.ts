import { fail } from '../../core/model/problem.ts'
import { cleanText } from '../../core/release/text.ts'

export type Verdict =
  | { readonly kind: 'good'; readonly by: string }
  /** Holds, or cannot be told, since the key is none of those that count. */
  | { readonly kind: 'untrusted'; readonly by: string }
  | { readonly kind: 'bad'; readonly why: string }

/**
 * What `git verify-tag --raw` says (in English: LC_ALL=C): of gpg its status lines, of ssh-keygen its sentence. Both have
 * to agree with the exit code: a sentence alone proves nothing. E_COMMAND_NOT_FOUND without the program.
 */
export function readVerdict(code: number | null, said: string): Verdict {
  const missing = /cannot run (ssh-keygen|gpg): /.exec(said)?.[1]
  if (missing !== undefined) throw programMissing(missing)
  const [, principal, print = ''] = /^Good "git" signature for (.+) with \S+ key (SHA256:\S+)$/m.exec(said) ?? []
  if (code === 0 && principal !== undefined) return { kind: 'good', by: `${cleanText(principal, 200)} (${print})` }
  const [, valid] = /^\[GNUPG:\] VALIDSIG ([0-9A-F]{40,64}) /m.exec(said) ?? []
  const [, , name = ''] = /^\[GNUPG:\] (GOODSIG|EXPKEYSIG|REVKEYSIG|EXPSIG|BADSIG) [0-9A-F]+ (.*)$/m.exec(said) ?? []
  if (code === 0 && valid !== undefined && /^\[GNUPG:\] GOODSIG /m.test(said)) {
    return { kind: 'good', by: `${cleanText(name, 200)} (${valid})` }
  }
  const [, stranger] = /^Good "git" signature (?:for .+ )?with \S+ key (SHA256:\S+)$/m.exec(said) ?? []
  if (stranger !== undefined) return { kind: 'untrusted', by: stranger }
  const [, unknown] = /^\[GNUPG:\] NO_PUBKEY ([0-9A-F]+)$/m.exec(said) ?? []
  if (unknown !== undefined) return { kind: 'untrusted', by: unknown }
  const past = /^\[GNUPG:\] (EXPKEYSIG|REVKEYSIG|EXPSIG) /m.exec(said)?.[1]
  if (past !== undefined)
    return { kind: 'untrusted', by: `${cleanText(name, 200)}, with a key that is past or was withdrawn` }
  return {
    kind: 'bad',
    why: /BADSIG|incorrect signature/.test(said) ? 'it is one of other content' : 'it cannot be read',
  }
}

function programMissing(program: string) {
  return fail('E_COMMAND_NOT_FOUND', `signatures of git are checked by "${program}", and it is not there`, {
    hint: program === 'gpg' ? 'Install gnupg.' : 'Install openssh-client (ssh-keygen).',
    facts: { program },
  })
}
