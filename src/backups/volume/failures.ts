import { type BelayError, fail } from '../../core/model/problem.ts'

/** Every sentence about a volume that cannot be saved or put back. */

export function noVolume(name: string, engine: string): BelayError {
  return fail('E_BACKUP_FAILED', `there is no volume ${name} at ${engine}`, {
    hint: 'Correct the name ("docker volume ls" lists them); or say "optional: true" when it may not be there yet.',
    facts: { volume: name, engine },
  })
}

export function notUnique(name: string, volumes: readonly string[]): BelayError {
  return fail('E_BACKUP_FAILED', `several compose projects have a volume ${name}: ${volumes.join(', ')}`, {
    hint: 'Write the whole name of the one that is meant.',
    facts: { volume: name, volumes: [...volumes] },
  })
}

export function notLocal(name: string, driver: string): BelayError {
  return fail(
    'E_BACKUP_FAILED',
    `the volume ${name} is kept by the driver ${driver}, not in a folder of this machine`,
    {
      hint: `Save it by the means of ${driver}, and take it out of data: in the config.`,
      facts: { volume: name, driver },
    },
  )
}

export function withOptions(name: string, options: Readonly<Record<string, string>>): BelayError {
  const device = options['device'] ?? ''
  const bound = device.startsWith('/') && /(^|,)r?bind(,|$)/.test(options['o'] ?? '')
  const said = Object.entries(options).map(([key, value]) => `${key}=${value}`)
  return fail('E_BACKUP_FAILED', `the volume ${name} is a mount of its own (${said.join(' ')})`, {
    hint: bound
      ? `Write "type: path" with "path: ${device}" instead.`
      : 'Save what it mounts where that is kept, and take it out of data: in the config.',
    facts: { volume: name, ...(bound ? { path: device } : {}) },
  })
}

export function elsewhere(name: string, folder: string, engine: string): BelayError {
  return fail('E_BACKUP_FAILED', `the folder of the volume ${name}, ${folder}, is not on this machine`, {
    hint: `Run belay on the machine of ${engine} itself, outside of a container; inside of one, mount that folder at the same path.`,
    facts: { volume: name, path: folder, engine },
  })
}

export function gone(name: string): BelayError {
  return fail('E_NOT_FOUND', `the volume ${name}, to which a backup is to be restored, is not there any more`, {
    hint: `Make it again ("docker volume create ${name}"), then go on.`,
    facts: { volume: name },
  })
}

/** They hold the folder itself, and would go on writing to the one that was put aside. */
export function inUse(name: string, containers: readonly string[]): BelayError {
  return fail(
    'E_SERVICE_STOP',
    `the volume ${name} is in use by ${containers.join(', ')}: its data cannot be replaced`,
    {
      hint: `Stop them ("docker stop ${containers.join(' ')}"), then go on; start them again afterwards.`,
      facts: { volume: name, containers: [...containers] },
    },
  )
}
