import type { BackupRef, CarryStep, RemoveStep, ServiceRef, Step, TagStep } from '../../core/plan/step.ts'
import { checkDe } from './check-de.ts'

/** Names, paths and commands are the same in every language: those details stay as they are. */
export function detailDe(step: Step): string {
  switch (step.kind) {
    case 'check':
      return checkDe(step.check, step.detail)
    case 'carry':
      return carried(step)
    case 'backup':
      return `${kept(step)}, ${step.phase === 'before' ? 'im laufenden Betrieb' : 'nach dem Anhalten'}`
    case 'copy-backup':
      return kept(step)
    case 'restore':
      return `Daten aus ${step.restore.backup.dir}`
    case 'protect':
      return 'die Daten, wie sie jetzt sind'
    case 'rehome':
      return `was vorbereitet wurde, für ${step.to}`
    case 'stop':
    case 'start':
    case 'revive':
      return service(step.service, step.detail)
    case 'rename':
      return renamed(step.detail)
    case 'remove':
      return removed(step)
    case 'prune-backups':
      return `${step.keep} behalten`
    case 'prune-images':
      return step.phase === 'before' ? `${step.keep} behalten: der Platz ist knapp` : `${step.keep} behalten`
    case 'tag':
      return tagged(step)
    case 'git-checkout':
      return step.from === null ? step.detail.replace(/^nothing /, 'nichts ') : step.detail
    case 'fetch-files':
      return step.archive === null ? files(step.changes) : `${files(step.changes)}, als ein Archiv`
    case 'gather-files':
      return `${files(step.changes)} aus ${step.detail.replace(/^.*? from /, '')}`
    case 'tree-diff':
      return `${step.root} gegen den neuen Baum`
    case 'trial':
      return `${step.tries} Starts, um zu zeigen, dass es geht`
    case 'confirm':
      return 'der neue Agent antwortet'
    case 'manifest':
      return step.detail === '' ? '' : 'sein Update-Manifest'
    case 'slot-start':
    case 'warm-up':
    case 'switch':
    case 'verify':
    case 'retire':
    case 'hold':
    case 'release':
    case 'download':
    case 'unpack':
    case 'prepare':
    case 'migrate':
    case 'sync':
    case 'keep-folder':
    case 'bring-back':
    case 'link':
    case 'write':
    case 'mkdir':
    case 'guard':
    case 'unguard':
    case 'soak':
    case 'pull':
    case 'edit':
    case 'git-fetch':
    case 'git-worktree':
    case 'files':
      return step.detail
  }
}

/** `detail` says whether it is done again, or the way back. */
function carried({ detail, patterns }: CarryStep): string {
  const which = /^preserved files, (again|back):/.exec(detail)?.[1]
  const more = which === undefined ? '' : which === 'again' ? ', noch einmal' : ', zurück'
  return `bewahrte Dateien${more}: ${patterns.join(', ')}`
}

/** `sqlite /srv/app.db nach /var/backups/belay`. What is saved is named by whoever saves it: before ` to ` and the place. */
function kept({ backup, detail }: { readonly backup: BackupRef; readonly detail: string }): string {
  const place = backup.dir.replace(/(?:\/[^/]+){2}$/, '')
  const end = detail.indexOf(` to ${place}`)
  const what = end < 0 ? detail.replace(/, (?:online|after the stop)$/, '') : detail.slice(0, end)
  return end < 0 ? what : `${what} nach ${place}`
}

function service({ spec }: ServiceRef, detail: string): string {
  switch (spec.type) {
    case 'none':
      return 'kein Dienst'
    case 'process':
      return detail.replace(/^process /, 'Prozess ')
    default:
      return detail
  }
}

function renamed(detail: string): string {
  if (detail === 'the tree steps aside') return 'der Baum rückt zur Seite'
  if (detail === 'the slots step aside') return 'die aufgehobenen Versionen rücken zur Seite'
  return detail.replace(/ steps out$/, ' rückt heraus')
}

function removed({ detail, path }: RemoveStep): string {
  if (detail === path) return detail
  if (detail === 'temporary files') return 'vorübergehende Dateien'
  if (detail === 'the record of the trial') return 'der Vermerk über die Probe'
  return detail.replace(/ and the kept releases$/, ' und die aufgehobenen Versionen')
}

function tagged({ detail, phase }: TagStep): string {
  return phase === 'before' ? detail.replace(/ as the way back$/, ' als Weg zurück') : detail
}

function files(changes: readonly unknown[]): string {
  return changes.length === 1 ? '1 Datei' : `${changes.length} Dateien`
}
