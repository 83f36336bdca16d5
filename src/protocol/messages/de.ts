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
  E_CONFLICT: {
    title: 'Inzwischen hat jemand dasselbe geändert. Es wurde nichts geändert.',
    hint: 'Ansehen, was jetzt gilt, dann noch einmal ändern.',
  },
  E_STOPPING: {
    title: 'Der Agent hört gerade auf; es wird nichts Neues begonnen.',
    hint: 'Noch einmal versuchen, wenn er wieder antwortet.',
  },
  E_AGENT_ABSENT: {
    title: 'Für diesen Zustandsordner läuft kein Agent.',
    hint: 'Einen starten: belay agent.',
  },
  E_SELF_LAYOUT: {
    title: 'So, wie Belay hier installiert ist, kann es sich nicht selbst aktualisieren. Es wurde nichts geändert.',
    hint: 'Mit layout: slots installieren und aus current starten, oder als Dienst einer Compose-Datei.',
  },
  E_SELF_UNCONFIRMED: {
    title: 'Die neue Version von Belay hat nicht gezeigt, dass sie läuft.',
    hint: 'Ihr eigenes Protokoll sagt, warum: journalctl -u belay-agent, oder das Protokoll ihres Containers.',
  },
  E_SELF_DRIVER: {
    title: 'Was Belay von daneben aktualisieren sollte, ließ sich nicht starten. Es wurde nichts geändert.',
    hint: 'Belay als root starten, oder als der Benutzer, dessen Units oder Container es verwaltet; belay show sagt, was war.',
  },
  E_REQUEST_INVALID: {
    title: 'Die Anfrage ist nicht zu verstehen. Es wurde nichts getan.',
    hint: '/api/v1/openapi.json sagt, was jede Adresse annimmt.',
  },
  E_REQUEST_TOO_LARGE: { title: 'Die Anfrage ist größer als erlaubt. Es wurde nichts getan.', hint: 'Weniger senden.' },
  E_LOGIN_NEEDED: {
    title: 'Dafür muss man angemeldet sein oder ein gültiges Token haben.',
    hint: 'Neu anmelden, oder mit belay token create ein Token anlegen.',
  },
  E_FORBIDDEN: {
    title: 'Das ist Ihnen nicht erlaubt, oder nicht von dort. Es wurde nichts getan.',
    hint: 'Einen Verwalter um das Recht bitten, oder sich am Rechner selbst anmelden.',
  },
  E_TOO_MANY_ATTEMPTS: {
    title: 'Es waren zu viele Versuche. Es wurde nichts getan.',
    hint: 'Eine Weile warten, dann noch einmal versuchen.',
  },
  E_LISTEN: {
    title: 'Der Agent kann an seiner Adresse nicht antworten.',
    hint: 'agent.listen auf eine freie Adresse mit freiem Port setzen.',
  },
  E_METADATA_INVALID: {
    title: 'Die signierte Beschreibung der Veröffentlichungen ist nicht wohlgeformt. Nichts wurde installiert.',
    hint: 'Später noch einmal versuchen; bleibt es so, den Herausgeber fragen.',
  },
  E_METADATA_UNSIGNED: {
    title:
      'Die Beschreibung der Veröffentlichungen ist nicht von genügend Schlüsseln des Herausgebers signiert. Nichts wurde installiert.',
    hint: 'Später noch einmal versuchen; bleibt es so, den Herausgeber auf anderem Weg als über diesen Server fragen.',
  },
  E_METADATA_ROLLBACK: {
    title:
      'Der Server zeigt eine ältere Beschreibung der Veröffentlichungen, als dieser Rechner schon gesehen hat. Nichts wurde installiert.',
    hint: 'Später noch einmal versuchen; bleibt es so, den Herausgeber auf anderem Weg als über diesen Server fragen.',
  },
  E_METADATA_MISMATCH: {
    title: 'Zwei signierte Dateien der Quelle widersprechen sich. Nichts wurde installiert.',
    hint: 'Später noch einmal versuchen; bleibt es so, den Herausgeber fragen.',
  },
  E_METADATA_EXPIRED: {
    title: 'Die Signatur des Herausgebers ist abgelaufen. Das Installierte läuft weiter, Neues wird nicht installiert.',
    hint: 'Der Herausgeber muss neu signieren: belay release refresh.',
  },
  E_METADATA_MEMORY: {
    title: 'Was dieser Rechner von der Quelle weiß, ist nicht lesbar; er kann Altes nicht von Neuem unterscheiden.',
    hint: 'Die Meldung nennt den Ordner: aus einer Sicherung holen, oder entfernen und beim festgelegten Root neu beginnen.',
  },
  E_CLOCK_SUSPECT: {
    title: 'Die Uhr dieses Rechners und die Signaturen passen nicht zusammen. Nichts wurde installiert.',
    hint: 'Die Uhr stellen, dann noch einmal prüfen.',
  },
  E_TARGET_UNKNOWN: {
    title: 'Niemand, dem die Quelle sie anvertraut, bürgt für diese Datei.',
    hint: 'Den Namen prüfen, auch product und channel in der Konfiguration.',
  },
  E_RELEASE_FLOORED: {
    title: 'Der Herausgeber lässt diese alte Veröffentlichung nicht mehr zu.',
    hint: 'Eine neuere wählen: belay check zeigt sie.',
  },
  E_MANIFEST_MISSING: {
    title:
      'Die Konfiguration verlangt ein Update-Manifest, und diese Veröffentlichung hat keines. Nichts wurde geändert.',
    hint: 'Beim Herausgeber danach fragen, oder ohne es aktualisieren: manifest: optional.',
  },
  E_MANIFEST_REFUSED: {
    title: 'Das Update-Manifest dieser Veröffentlichung wird abgelehnt. Nichts wurde geändert.',
    hint: 'Die Gründe ansehen und beim Herausgeber ein richtiges verlangen; oder ohne es aktualisieren: manifest: optional.',
  },
  E_BUNDLE_INVALID: {
    title:
      'Das Bündel ist nicht brauchbar: beschädigt, abgeschnitten, oder es enthält etwas, das es nicht nennt. Nichts wurde geändert.',
    hint: 'Noch einmal kopieren und die Kopien vergleichen, oder neu herstellen: belay release bundle.',
  },
  E_BUNDLE_FOREIGN: {
    title: 'Das Bündel gehört zu einem anderen Produkt oder einer anderen Plattform. Nichts wurde geändert.',
    hint: 'Das nehmen, das für diese Komponente und diesen Rechner gemacht wurde.',
  },
  E_TRAFFIC_UNREACHABLE: {
    title: 'Der Proxy vor der Anwendung war nicht zu erreichen. Was er auslieferte, liefert er weiter aus.',
    hint: 'Nachsehen, ob er läuft und ob Belay seinen Socket oder seine Adresse erreicht; dann noch einmal versuchen.',
  },
  E_TRAFFIC_CONFIG: {
    title: 'Der Proxy kennt nicht, was traffic: nennt, etwa einen Server oder eine Datei. Nichts wurde geändert.',
    hint: 'Die Konfiguration des Proxys mit der Anleitung für Updates ohne Unterbrechung vergleichen und eine der beiden ändern.',
  },
  E_TRAFFIC_REFUSED: {
    title: 'Der Proxy hat die Änderung nicht angenommen. Er liefert aus, was er vorher auslieferte.',
    hint: 'Sein eigenes Protokoll sagt, warum.',
  },
  E_NOT_SERVED: {
    title: 'Die neue Version hat an der Vordertür nicht geantwortet; alle werden wieder zur alten geschickt.',
    hint: 'Nachsehen, ob der Proxy zu den Plätzen schickt, die traffic: nennt, und ob traffic.identify die Version liest.',
  },
  E_SLOT_UNFIT: {
    title: 'Die Anwendung kann so, wie sie eingerichtet ist, nicht auf zwei Plätzen laufen. Nichts wurde geändert.',
    hint: 'Siehe die Anleitung für Updates ohne Unterbrechung: eine Vorlage als Unit oder zwei Dienste der Compose-Datei, und ein Port für jeden Platz.',
  },
  E_SIGNATURE_MISSING: {
    title: 'Die Veröffentlichung trägt keine Signatur, und die Konfiguration verlangt eine. Nichts wurde installiert.',
    hint: 'Den Herausgeber um eine signierte Veröffentlichung bitten oder trust.require senken.',
  },
  E_SIGNATURE_INVALID: {
    title: 'Die Signatur der Veröffentlichung hält nicht. Nichts wurde installiert.',
    hint: 'Später noch einmal versuchen; bleibt es so, den Herausgeber auf anderem Weg als über diesen Server fragen.',
  },
  E_SIGNATURE_OTHER: {
    title: 'Die Signatur ist echt, gehört aber zu etwas anderem. Nichts wurde installiert.',
    hint: 'Den Herausgeber fragen; jemand könnte eine andere Veröffentlichung untergeschoben haben.',
  },
  E_SIGNER_UNTRUSTED: {
    title:
      'Die Veröffentlichung ist signiert, aber nicht von dem, dem die Konfiguration vertraut. Nichts wurde installiert.',
    hint: 'Hat der Herausgeber Schlüssel oder Arbeitsabläufe gewechselt, trust in der Konfiguration nach Rückfrage ändern.',
  },
  E_KEY_LOCKED: {
    title: 'Die Passphrase öffnet den Schlüssel nicht. Es wurde nichts signiert.',
    hint: 'Noch einmal versuchen; ist die Passphrase verloren, den Schlüssel ersetzen: belay release rotate ROLLE.',
  },
  E_KEY_MISSING: {
    title: 'Zu wenige Schlüssel haben signiert. Es wurde nichts veröffentlicht.',
    hint: 'Die Meldung nennt die, die noch können: belay release sign --export DATEI gibt es an ihre Besitzer weiter.',
  },
  E_RELEASE_EXISTS: {
    title: 'Diese Version wurde schon einmal mit anderem Inhalt signiert. Es wurde nichts geändert.',
    hint: 'Dem Gebauten eine neue Version geben.',
  },
  E_NOTIFY_REFUSED: {
    title: 'Der Empfänger hat die Nachricht nicht angenommen.',
    hint: 'Adresse und Geheimnis des Kanals prüfen, dann versuchen: belay notifications test NAME.',
  },
}
