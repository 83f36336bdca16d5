import type { Spec } from '../../core/model/names.ts'

/**
 * What a check asks. Numbers are taken from `detail`: there they stand with their defaults. A kind that is not known here
 * says it in English.
 */
export function checkDe({ type }: Spec, detail: string): string {
  const amount = /(\d+(?:\.\d+)?) (?:s|h|MB)\b/.exec(detail)?.[1]?.replace('.', ',') ?? null
  switch (type) {
    case 'disk_space':
      return amount === null ? 'freier Platz' : `freier Platz ${amount} MB`
    case 'memory':
      return amount === null ? 'freier Arbeitsspeicher' : `freier Arbeitsspeicher ${amount} MB`
    case 'permissions':
      return 'die Orte, an die geschrieben wird, sind beschreibbar'
    case 'network':
      return `Netz ${detail.replace(/^network ?/, '')}`.trim()
    case 'service_running':
      return 'der Dienst läuft'
    case 'service_active':
      return amount === null || amount === '0' ? 'der Dienst ist aktiv' : `der Dienst bleibt ${amount} s lang aktiv`
    case 'container_running':
      return amount === null || amount === '0'
        ? 'der Container läuft und ist gesund'
        : `der Container läuft ${amount} s lang weiter und ist gesund`
    case 'version_check':
      return detail === 'the version' ? 'die Version' : detail.replace(/^version /, 'Version ')
    case 'health_endpoint':
      return `Gesundheit ${detail.replace(/^health /, '')}`
    case 'tcp_port':
      return `Port ${detail.replace(/^port /, '')}`
    case 'command':
      return `Befehl ${detail.replace(/^command /, '')}`
    case 'backup_exists':
      return amount === null ? 'eine Sicherung ist da' : `eine Sicherung der letzten ${amount} h ist da`
    default:
      return detail
  }
}
