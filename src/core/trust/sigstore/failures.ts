import type { Digest } from '../../model/names.ts'
import { type Problem, problem } from '../../model/problem.ts'

/** All sentences about Sigstore bundles and image signatures. Nothing was installed when one of them is said. */

export function bundleUnreadable(about: string, why: string): Problem {
  return problem('E_SIGNATURE_INVALID', `the attestation of ${about} cannot be read: ${why}`, {
    hint: 'Its publisher has to attest the release again; belay reads Sigstore bundles.',
    facts: { about, why },
  })
}

export function bundleRefused(about: string, why: string): Problem {
  return problem('E_SIGNATURE_INVALID', `the attestation of ${about} does not hold: ${why}`, {
    hint: 'It was changed, or made by another Sigstore instance than the trusted one. A newer trust root can be given as trust.attestation.trusted_root.',
    facts: { about, why },
  })
}

export function notProvenance(about: string, predicateType: string): Problem {
  return problem('E_SIGNATURE_MISSING', `the attestation of ${about} says ${predicateType}, and not how it was built`, {
    hint: 'Ask its publisher for a build provenance (actions/attest-build-provenance).',
    facts: { about, predicateType },
  })
}

export function otherSubject(about: string, wanted: Digest | null): Problem {
  const of = wanted ?? 'a file of that name'
  return problem('E_SIGNATURE_OTHER', `the attestation of ${about} is about something else than ${of}`, {
    hint: 'The file or its attestation was replaced after the release: ask its publisher which one is right.',
    facts: { about, wanted },
  })
}

export function nothingAttested(about: string): Problem {
  return problem('E_SIGNATURE_MISSING', `nobody attests how ${about} was built, and trust asks for it`, {
    hint: 'Ask its publisher for an attestation beside the file (.sigstore.json), or lower trust.require.',
    facts: { about },
  })
}

export function imageUnsigned(image: string): Problem {
  return problem('E_SIGNATURE_MISSING', `the registry has no signature of ${image}, and trust.cosign asks for one`, {
    hint: 'Nothing was pulled. Ask its publisher to sign it (cosign sign), or take trust.cosign out of the config.',
    facts: { image },
  })
}

export function imageRefused(image: string, why: string): Problem {
  return problem('E_SIGNATURE_INVALID', `the signature of ${image} cannot be used: ${why}`, {
    hint: 'Nothing was pulled. Ask its publisher to sign it again (cosign sign).',
    facts: { image, why },
  })
}

export function imageByOthers(image: string, key: string, signatures: number): Problem {
  const what = signatures === 1 ? 'the signature' : `none of the ${signatures} signatures`
  const was = signatures === 1 ? 'was not made' : 'was made'
  return problem('E_SIGNER_UNTRUSTED', `${what} of ${image} ${was} with ${key}`, {
    hint: 'Nothing was pulled. If its publisher has a new key, change trust.cosign in the config after asking them.',
    facts: { image, key, signatures },
  })
}

export function otherImage(image: string, found: string): Problem {
  return problem('E_SIGNATURE_OTHER', `the signature that the registry has for ${image} is one of ${found}`, {
    hint: 'Nothing was pulled. Somebody copied a signature of another image: ask the publisher.',
    facts: { image, found },
  })
}
