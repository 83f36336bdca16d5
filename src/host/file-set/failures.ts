import { type BelayError, fail } from '../../core/model/problem.ts'
import { listed } from './ladder.ts'

const pathsMax = 50

export function changed(root: string, paths: readonly string[]): BelayError {
  return fail('E_FILE_CHANGED', `In ${root}, ${listed(paths)} changed since the plan was made.`, {
    hint: 'Nothing was touched there. Look at these files, then start the update again.',
    retryable: true,
    facts: { root, paths: paths.slice(0, pathsMax), count: paths.length },
  })
}

export function inTheWay(root: string, path: string, what: string): BelayError {
  return fail('E_PATH_INVALID', `In ${root}, ${path} is ${what} where a folder has to be.`, {
    hint: 'Move it away, or protect what lies below it.',
    facts: { root, path },
  })
}

export function notEmpty(root: string, path: string, inside: readonly string[]): BelayError {
  return fail(
    'E_FILE_CHANGED',
    `In ${root}, the folder ${path} becomes a file, but ${listed(inside)} in it is nobody's.`,
    {
      hint: `Move it out of ${path}, then start the update again.`,
      facts: { root, path, paths: inside.slice(0, pathsMax) },
    },
  )
}

export function setMissing(dir: string): BelayError {
  return fail('E_IO', `There is no whole set of files at ${dir}.`, {
    hint: 'It was removed meanwhile. Start the update again.',
    facts: { dir },
  })
}

export function contentMissing(dir: string, path: string): BelayError {
  return fail('E_IO', `The new content of ${path} is not in ${dir}.`, {
    hint: 'It was removed meanwhile. Start the update again.',
    facts: { dir, path },
  })
}

export function savedMissing(saved: string, path: string): BelayError {
  return fail('E_BACKUP_MISSING', `What ${path} was is no longer in ${saved}.`, {
    hint: 'Put that file back from another backup, then run "belay resume".',
    facts: { saved, path },
  })
}
