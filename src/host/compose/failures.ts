import { type BelayError, fail } from '../../core/model/problem.ts'
import type { Image, Owner } from './expression.ts'

/** All sentences about compose files whose image cannot be changed by changing one scalar. */

const plainHint = (image: Image) =>
  `Write the image of ${image.service} in ${image.owner.path} as it is, without variables.`

export function tooMany(path: string): BelayError {
  return fail('E_COMPOSE_IMAGE', `${path} leads to too many other files`, {
    hint: 'Include and extend fewer files, and none that leads back to itself.',
    facts: { file: path },
  })
}

function whereOf({ path, place }: Owner): string {
  return place.kind === 'env' ? `the variable ${place.variable} in ${path}` : `one line of ${path}`
}

export function imageShared(service: string, other: string, owner: Owner): BelayError {
  return fail('E_COMPOSE_IMAGE', `the image of ${service} and that of ${other} are said by ${whereOf(owner)}`, {
    hint:
      `To move both together, write "service: [${service}, ${other}]"; else give ${service} ` +
      `${owner.place.kind === 'env' ? 'a variable' : 'an image line'} of its own.`,
    facts: { service, other, file: owner.path },
  })
}

export function imagesDiffer(service: string, owner: Owner): BelayError {
  return fail(
    'E_COMPOSE_IMAGE',
    `${whereOf(owner)} says the image of ${service} and of others, which get different ones`,
    {
      hint: `Give ${service} ${owner.place.kind === 'env' ? 'a variable' : 'an image line'} of its own.`,
      facts: { service, file: owner.path },
    },
  )
}

export function imageScattered(image: Image): BelayError {
  return fail(
    'E_COMPOSE_IMAGE',
    `the version of ${image.service} in ${image.owner.path} is put together from several parts`,
    {
      hint: plainHint(image),
      facts: { service: image.service, file: image.owner.path, image: image.reference },
    },
  )
}

export function imageOutside(image: Image, variable: string | null): BelayError {
  if (variable === null) return imageScattered(image)
  return fail('E_COMPOSE_IMAGE', `the version of ${image.service} comes from ${variable}, which no file sets`, {
    hint: `Write ${variable}=… into the .env file beside ${image.owner.path}: the environment of a shell is not kept.`,
    facts: { service: image.service, file: image.owner.path, variable },
  })
}

export function imageMissing(service: string, built: boolean, files: readonly string[]): BelayError {
  const why = built ? 'is built here and has no image of its own' : 'is not in the compose files, or has no image'
  return fail('E_COMPOSE_IMAGE', `${service} ${why}`, {
    hint: built
      ? `Write "image:" of what a registry has beside "build:" of ${service}, or update it by git.`
      : `Check the name: "docker compose config --services" lists those of ${files.join(', ')}.`,
    facts: { service, files: [...files] },
  })
}

/** Compose leaves out the services of a profile that nobody switched on, also those whose containers run. */
export function serviceLeftOut({ service, owner }: Image): BelayError {
  return fail('E_COMPOSE_IMAGE', `compose leaves ${service} of ${owner.path} out: its profile is not switched on`, {
    hint: 'Name its profile in the config, under strategy: "profiles: [ … ]", as with --profile.',
    facts: { service, file: owner.path },
  })
}

export function imageUnlike(image: Image, resolved: string): BelayError {
  return fail(
    'E_COMPOSE_IMAGE',
    `${image.owner.path} seems to say ${image.reference} for ${image.service}, and compose says ${resolved}`,
    {
      hint: plainHint(image),
      facts: { service: image.service, file: image.owner.path, image: image.reference, resolved },
    },
  )
}
