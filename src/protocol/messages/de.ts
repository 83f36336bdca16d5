import type { Messages } from './message.ts'

export const de: Messages = {
  E_USAGE: { title: 'Der Befehl ist so nicht verständlich.', hint: 'Siehe belay --help.' },
  E_CONFIG_NOT_FOUND: {
    title: 'Es gibt keine Konfigurationsdatei.',
    hint: 'Mit belay init eine anlegen oder mit -c DATEI eine nennen.',
  },
  E_CONFIG_INVALID: { title: 'Die Konfiguration hat Fehler.', hint: 'belay validate nennt sie mit Datei und Zeile.' },
  E_COMPONENT_UNKNOWN: {
    title: 'Diese Komponente steht nicht in der Konfiguration.',
    hint: 'belay status listet die Komponenten auf.',
  },
  E_SECRET_MISSING: {
    title: 'Ein Geheimnis, auf das die Konfiguration verweist, fehlt.',
    hint: 'Die genannte Umgebungsvariable setzen oder die genannte Datei anlegen.',
  },
  E_NETWORK: {
    title: 'Die Quelle war nicht erreichbar. Nichts wurde geändert.',
    hint: 'Netz und Adresse in der Konfiguration prüfen, dann noch einmal versuchen.',
  },
  E_TIMEOUT: {
    title: 'Es hat länger gedauert als erlaubt.',
    hint: 'Noch einmal versuchen; geschieht es wieder, die Frist in der Konfiguration erhöhen.',
  },
  E_HTTP_STATUS: {
    title: 'Der Server antwortete mit einem Fehler.',
    hint: 'Später noch einmal versuchen; bleibt es dabei, die Adresse in der Konfiguration prüfen.',
  },
  E_HTTP_INSECURE: {
    title: 'Die Adresse ist unverschlüsselt, und einfaches http ist für sie nicht erlaubt.',
    hint: 'https benutzen oder den Rechner in agent.allow_http eintragen.',
  },
  E_NOT_FOUND: { title: 'Das Gesuchte gibt es dort nicht.', hint: 'Name oder Adresse prüfen.' },
  E_UNAUTHORIZED: { title: 'Die Quelle verweigert den Zugriff.', hint: 'Das Token prüfen und was es lesen darf.' },
  E_RATE_LIMITED: {
    title: 'Die Quelle erlaubt vorerst keine weiteren Anfragen.',
    hint: 'Warten, bis die Sperre endet, oder ein Token eintragen.',
  },
  E_RESPONSE_INVALID: {
    title: 'Die Antwort der Quelle ist nicht verständlich.',
    hint: 'Prüfen, ob die Adresse die der Quelle ist.',
  },
  E_RESPONSE_TOO_LARGE: {
    title: 'Die Antwort ist größer als erlaubt und wurde nicht weiter gelesen.',
    hint: 'Prüfen, ob die Adresse die der Quelle ist.',
  },
  E_NO_RELEASE: {
    title: 'Die Quelle hat keine passende Veröffentlichung.',
    hint: 'Das Repository prüfen und ob Vorabversionen gewünscht sind.',
  },
  E_NO_ASSET: {
    title: 'Die Veröffentlichung hat keine Datei, die zum Muster passt.',
    hint: 'source.asset in der Konfiguration mit den Dateien der Veröffentlichung vergleichen.',
  },
  E_VERSION_UNKNOWN: {
    title: 'Die Version ist nicht lesbar, darum wird nichts angeboten.',
    hint: 'version: in der Konfiguration prüfen.',
  },
  E_VERSION_NOT_FOUND: { title: 'Die Quelle bietet diese Version nicht an.', hint: 'belay check zeigt die neueste.' },
  E_CHECKSUM_MISMATCH: {
    title: 'Der Download ist nicht, was der Herausgeber angibt. Er wurde verworfen, nichts wurde geändert.',
    hint: 'Noch einmal versuchen; geschieht es wieder, den Herausgeber fragen.',
  },
  E_CHECKSUM_MISSING: {
    title: 'Die Veröffentlichung nennt keine Prüfsumme, die Konfiguration verlangt eine.',
    hint: 'Den Herausgeber um eine bitten oder trust.require senken.',
  },
  E_TRUST_TOO_LOW: {
    title: 'Die Veröffentlichung ist schwächer belegt, als die Konfiguration verlangt.',
    hint: 'Den Herausgeber um eine Signatur bitten oder trust.require senken.',
  },
  E_ARCHIVE_FORMAT: {
    title: 'Die Datei ist kein Archiv, das sich auspacken lässt.',
    hint: 'tar.gz, tar.xz, tar.zst oder zip verwenden.',
  },
  E_ARCHIVE_CORRUPT: {
    title: 'Das Archiv ist beschädigt. Nichts wurde geändert.',
    hint: 'Noch einmal versuchen; geschieht es wieder, den Herausgeber fragen.',
  },
  E_ARCHIVE_HOSTILE: {
    title: 'Das Archiv würde außerhalb seines Ordners schreiben und wurde abgelehnt. Nichts wurde geändert.',
    hint: 'Nicht installieren; den Herausgeber fragen.',
  },
  E_ARCHIVE_TOO_LARGE: {
    title: 'Das Archiv ist ausgepackt größer als erlaubt und wurde abgelehnt. Nichts wurde geändert.',
    hint: 'Die Veröffentlichung prüfen; die Grenze nur erhöhen, wenn ihr zu trauen ist.',
  },
  E_DISK_FULL: {
    title: 'Auf dem Datenträger ist nicht genug Platz.',
    hint: 'Platz schaffen, dann den Befehl noch einmal ausführen.',
  },
  E_READ_ONLY: {
    title: 'Das Dateisystem ist schreibgeschützt.',
    hint: 'Schreibbar einhängen, dann den Befehl noch einmal ausführen.',
  },
  E_PERMISSION: {
    title: 'Dafür fehlen die Rechte.',
    hint: 'Als root ausführen oder dem Benutzer das Recht geben.',
  },
  E_IO: {
    title: 'Der Datenträger meldet einen Fehler.',
    hint: 'Vor einem neuen Versuch das Protokoll des Kernels ansehen.',
  },
  E_COMMAND_FAILED: { title: 'Ein Befehl ist fehlgeschlagen.', hint: 'belay show zeigt, was er ausgegeben hat.' },
  E_COMMAND_NOT_FOUND: {
    title: 'Ein Programm ist nicht installiert.',
    hint: 'Es installieren oder seinen Namen in der Konfiguration berichtigen.',
  },
  E_PLATFORM: {
    title: 'Das geht auf diesem System nicht.',
    hint: 'Die Dokumentation nennt, was wo geht.',
  },
  E_TARGET_FOREIGN: {
    title: 'Am Ziel liegt etwas, das nicht von belay stammt. Es wurde nicht angerührt.',
    hint: 'Es mit belay adopt übernehmen oder einen anderen Pfad wählen.',
  },
  E_TARGET_MOUNT: {
    title: 'Der Pfad ist ein Einhängepunkt und lässt sich nicht austauschen.',
    hint: 'Einen Ordner darin verwenden.',
  },
  E_PARENT_NOT_WRITABLE: {
    title: 'In den Ordner um den Pfad herum kann nicht geschrieben werden.',
    hint: 'Als root ausführen oder einen Pfad wählen, um den herum geschrieben werden darf.',
  },
  E_PATH_INVALID: { title: 'Der Pfad ist nicht verwendbar.', hint: 'Einen absoluten Pfad ohne ".." angeben.' },
  E_NO_WAY_BACK: {
    title: 'Es gibt keine frühere Version, zu der es zurückgehen könnte. Nichts wurde geändert.',
    hint: 'Mit --to eine Version nennen, die noch veröffentlicht ist.',
  },
  E_COMPOSE_INVALID: {
    title: 'Compose weist die Compose-Datei zurück.',
    hint: 'Berichtigen, was es nennt, und mit "docker compose config" versuchen.',
  },
  E_COMPOSE_IMAGE: {
    title: 'Die Stelle, an der das Image steht, lässt sich nicht für sich allein ändern.',
    hint: 'Dem Dienst eine eigene image-Zeile geben.',
  },
  E_FILE_CHANGED: {
    title: 'Jemand hat die Datei inzwischen geändert, deshalb blieb sie, wie sie ist.',
    hint: 'Die gewünschte Version hineinschreiben, dann belay resume ausführen.',
  },
  E_LOCAL_CHANGES: {
    title: 'Das Arbeitsverzeichnis hat eigene Änderungen oder Commits; es wurde nichts geändert.',
    hint: 'Einchecken und hochladen, mit git stash beiseitelegen oder local_changes: stash setzen.',
  },
  E_DATA_TRACKED: {
    title: 'Das Repository enthält die Daten dieser Installation, und ein Update würde sie ersetzen.',
    hint: 'Aus dem Repository nehmen oder unter preserve: in der Strategie nennen.',
  },
  E_NOT_INSTALLED: { title: 'Die Komponente ist nicht installiert.', hint: 'belay update installiert sie.' },
  E_ENGINE_UNREACHABLE: {
    title: 'Die Container-Engine ist nicht erreichbar.',
    hint: 'Starten Sie sie, oder nennen Sie ihre Adresse mit DOCKER_HOST.',
  },
  E_ENGINE_ANSWER: {
    title: 'Die Container-Engine hat mit einem Fehler geantwortet.',
    hint: 'Mehr steht in ihrem Protokoll (journalctl -u docker).',
  },
  E_PULL_FAILED: {
    title: 'Das Image konnte nicht geladen werden. Was läuft, wurde nicht angetastet.',
    hint: 'Versuchen Sie es von Hand mit docker pull.',
  },
  E_SERVICE_NOT_FOUND: {
    title: 'Den Dienst gibt es auf diesem Rechner nicht.',
    hint: 'service: in der Konfiguration prüfen.',
  },
  E_SERVICE_START: { title: 'Der Dienst ist nicht gestartet.', hint: 'belay show zeigt seine letzten Meldungen.' },
  E_SERVICE_STOP: {
    title: 'Der Dienst hat nicht angehalten.',
    hint: 'Nachsehen, was er tut, dann den Befehl noch einmal ausführen.',
  },
  E_CHECK_FAILED: { title: 'Eine Prüfung wurde nicht bestanden.', hint: 'belay show zeigt, was gesehen wurde.' },
  E_BACKUP_FAILED: {
    title: 'Die Sicherung gelang nicht, darum wurde nichts geändert.',
    hint: 'Platz und Rechte in den Sicherungsordnern prüfen.',
  },
  E_BACKUP_MISSING: { title: 'Diese Sicherung gibt es nicht.', hint: 'belay backups list zeigt die vorhandenen.' },
  E_BACKUP_UNREADABLE: {
    title: 'Die Sicherung ist nicht lesbar und wird nicht verwendet.',
    hint: 'Eine andere wählen: belay backups list.',
  },
  E_DATA_CHOICE: {
    title: 'Seit dieser Version hat eine Migration die Daten geändert. Nichts wurde geändert.',
    hint: 'Mit --restore-data zurück zur Sicherung oder mit --keep-data die Daten behalten, wie sie sind.',
  },
  E_LOCKED: {
    title: 'Ein anderer Lauf hält diese Komponente.',
    hint: 'Warten, bis er fertig ist, dann den Befehl noch einmal ausführen.',
  },
  E_UNFINISHED_RUN: { title: 'Ein Lauf wurde unterbrochen und ist nicht beendet.', hint: 'belay resume ausführen.' },
  E_JOURNAL_MISSING: {
    title: 'Das Journal fehlt, obwohl belay hier schon gearbeitet hat.',
    hint: 'Prüfen, ob --state stimmt und der Datenträger eingehängt ist; den Ordner sonst aus einer Sicherung holen.',
  },
  E_JOURNAL_UNREADABLE: {
    title: 'Das Journal ist nicht lesbar.',
    hint: 'Den Datenträger prüfen; den Zustandsordner aus einer Sicherung holen.',
  },
  E_STATE_UNSAFE: {
    title: 'Andere dürfen den Zustandsordner ändern, darum wird er nicht benutzt.',
    hint: 'Den Zugriff auf den eigenen Benutzer beschränken: chmod 700.',
  },
  E_INTERRUPTED: {
    title: 'Der Schritt wurde unterbrochen und rückgängig gemacht.',
    hint: 'Den Befehl noch einmal ausführen.',
  },
  E_CANCELLED: {
    title: 'Auf Wunsch angehalten.',
    hint: 'Den Befehl noch einmal ausführen, wenn es passt.',
  },
  E_HELD: {
    title: 'Die Regeln halten diese Version zurück. Nichts wurde geändert.',
    hint: 'Warten oder sie mit --now trotzdem installieren.',
  },
  E_STUCK: {
    title: 'Keine der beiden Versionen ließ sich in Gang bringen. Es braucht einen Menschen.',
    hint: 'belay show ansehen, beheben, was dort steht, dann belay resume ausführen.',
  },
  E_INTERNAL: {
    title: 'Das ist ein Fehler in belay.',
    hint: 'Bitte mit der Ausgabe von belay show melden.',
  },
  E_AGENT_ABSENT: {
    title: 'Für diesen Zustandsordner läuft kein Agent.',
    hint: 'Einen starten: belay agent.',
  },
}
