import { type BelayError, fail } from '../../core/model/problem.ts'

/** Every sentence about a bundle that cannot be used. */

const again =
  'Nothing was changed. Copy the file again and compare it with the first copy (sha256sum), or have it made anew.'

export function damaged(file: string, how: string): BelayError {
  return fail('E_BUNDLE_INVALID', `the bundle ${file} ${how}`, { hint: again, facts: { file } })
}

export function gone(file: string): BelayError {
  return fail('E_NOT_FOUND', `there is no file ${file}`, {
    hint: 'Check its path, and that the stick or share that it lies on is still there.',
    facts: { file },
  })
}

export function noBundle(file: string, how: string): BelayError {
  return fail('E_BUNDLE_INVALID', `${file} is no bundle: ${how}`, {
    hint: 'A bundle is made on a host with a network: belay release bundle NAME --out FILE.',
    facts: { file },
  })
}

export function swapped(file: string): BelayError {
  return fail('E_BUNDLE_INVALID', `${file} is another bundle than the one that the plan was made from`, {
    hint: 'Nothing of it was used. Start again with the bundle that is meant.',
    facts: { file },
  })
}

export function foreign(file: string, holds: string, wanted: string): BelayError {
  return fail('E_BUNDLE_FOREIGN', `the bundle ${file} is of ${holds}, and this component follows ${wanted}`, {
    hint: 'Take the bundle that was made for this component, or name the component that it is for.',
    facts: { file, holds, wanted },
  })
}

export function otherPlatform(file: string, platform: string, holds: readonly string[]): BelayError {
  return fail('E_BUNDLE_FOREIGN', `the bundle ${file} is for ${holds.join(', ')}, and this host is ${platform}`, {
    hint: `Make one for it: belay release bundle NAME --platform ${platform} --out FILE.`,
    facts: { file, holds: [...holds], platform },
  })
}

export function notInside(file: string, name: string): BelayError {
  return fail('E_BUNDLE_INVALID', `the bundle ${file} does not hold ${name}`, {
    hint: 'It was made by another version of belay, or of another source: make it anew, best with the version that this host has.',
    facts: { file, name },
  })
}
