import { BelayError, fail } from '../../core/model/problem.ts'
import type { Digest } from '../../core/model/names.ts'

/** Every sentence about registries that went wrong. `image` is host and repository; none holds a login. */

const logIn = (image: string): string =>
  `Log in as the user that belay runs as (docker login ${image.split('/')[0]}), or give the source a username and a password.`

export function refused(image: string, url: string, hasLogin: boolean): BelayError {
  return fail(
    'E_UNAUTHORIZED',
    `${url} refuses access to ${image}${hasLogin ? ' with the login that is known here' : ''}`,
    {
      hint: hasLogin
        ? `Check the spelling of the image, and that the login is still valid and may read it. ${logIn(image)}`
        : `Check the spelling of the image: registries refuse what does not exist as well. If it is private: ${logIn(image)}`,
      facts: { image, url },
    },
  )
}

export function loginMissing(image: string, url: string): BelayError {
  return fail('E_UNAUTHORIZED', `${url} lets nobody in without a login`, { hint: logIn(image), facts: { image, url } })
}

export function unknownChallenge(image: string, url: string): BelayError {
  return fail('E_UNAUTHORIZED', `${url} refuses access to ${image} and does not say how to log in`, {
    hint: 'Check that the host is a registry; a proxy or a login page may answer in its place.',
    facts: { image, url },
  })
}

export function realmRefused(image: string, realm: string): BelayError {
  return fail('E_HTTP_INSECURE', `the registry of ${image} wants logins to be sent to ${realm}, which is not safe`, {
    hint: 'Tokens are fetched over https alone, or from the registry itself where agent.allow_http names its host. Set the realm of the registry right.',
    facts: { image, realm },
  })
}

export function tokenUnclear(url: string): BelayError {
  return fail('E_RESPONSE_INVALID', `${url} answers with something that is no token`, {
    hint: 'The registry is set up wrongly, or a proxy answers in its place.',
    facts: { url },
  })
}

/** The failure of the exchange, with what to do about it where a registry is asked. */
export function asked(error: unknown, image: string, what: string): unknown {
  if (!(error instanceof BelayError)) return error
  const { problem } = error
  switch (problem.code) {
    case 'E_RATE_LIMITED':
      return rateLimited(problem.message, problem.facts['retryAt'], image, error)
    case 'E_NOT_FOUND':
      return fail('E_NOT_FOUND', `${image} has no ${what}`, {
        hint: `Check the spelling; if the image is private: ${logIn(image)}`,
        facts: { ...problem.facts, image },
        cause: error,
      })
    case 'E_UNAUTHORIZED':
      return new BelayError(
        { ...problem, hint: `The image may not be read with the login that is known here. ${logIn(image)}` },
        error,
      )
    case 'E_NETWORK':
      if (problem.facts['reason'] !== 'tls') return error
      return new BelayError(
        {
          ...problem,
          hint: `${problem.hint ?? ''} If the registry speaks plain http and you trust the network on the whole way to it, add "${image.split('/')[0]}" to agent.allow_http.`,
        },
        error,
      )
    default:
      return error
  }
}

function rateLimited(message: string, retryAt: unknown, image: string, cause: BelayError): BelayError {
  const until = typeof retryAt === 'string' ? `after ${retryAt}` : 'in a while'
  const hub = image.startsWith('docker.io/') ? ' Docker Hub counts by address until somebody logs in.' : ''
  return new BelayError(
    {
      ...cause.problem,
      message,
      hint: `Try again ${until}, check less often (agent.check.every), or log in.${hub} ${logIn(image)}`,
    },
    cause,
  )
}

export function tooManyTags(image: string, tagsMax: number): BelayError {
  return fail('E_RESPONSE_TOO_LARGE', `${image} has more than ${tagsMax.toLocaleString('en')} tags`, {
    hint: 'Registries list tags by name, so the newest may be the last one. Follow one tag instead: tag: latest.',
    facts: { image, tagsMax },
  })
}

export function notGenuine(image: string, expected: Digest, actual: string): BelayError {
  return fail(
    'E_CHECKSUM_MISMATCH',
    `the registry answers for ${image}@${expected} with something whose digest is ${actual}`,
    {
      hint: 'Nothing was pulled. Try again; if it stays so, the registry or a proxy on the way changes what it serves.',
      facts: { image, expected, actual },
    },
  )
}

export function schema1(image: string, url: string): BelayError {
  return fail(
    'E_RESPONSE_INVALID',
    `${image} was published in Docker's first image format, which engines no longer pull`,
    {
      hint: 'Ask its publisher to push it again with a current tool.',
      facts: { image, url },
    },
  )
}

export function notAnImage(image: string, url: string, what: string): BelayError {
  return fail('E_RESPONSE_INVALID', `${url} ${what}`, {
    hint: `Check that ${image} is an image of containers and that its host is a registry.`,
    facts: { image, url },
  })
}

export function noPlatform(image: string, wanted: string, offered: readonly string[]): BelayError {
  return fail('E_PLATFORM', `${image} is not made for ${wanted}`, {
    hint: offered.length === 0 ? 'It names no platform at all.' : `It is made for ${offered.join(', ')}.`,
    facts: { image, wanted, offered: [...offered] },
  })
}

export function notAFile(image: string): BelayError {
  return fail('E_USAGE', `${image} is an image and cannot be downloaded as a file`, {
    hint: 'Use it with "strategy: {type: compose}".',
    facts: { image },
  })
}
