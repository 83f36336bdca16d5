import type { en } from './host.en.ts'

function at(facts: Readonly<Record<string, unknown>>, key: string): string {
  const value = facts[key]
  return Array.isArray(value)
    ? value.join(', ')
    : typeof value === 'string' || typeof value === 'number'
      ? `${value}`
      : ''
}

export const de: typeof en = {
  where: 'Belay hier',
  name: 'Name',
  version: 'Version',
  running: 'Läuft seit',
  state: 'Zustandsordner',
  config: 'Konfigurationsdatei',
  listen: 'Antwortet unter',
  notListening: 'nirgends',
  none: 'keine',
  what: 'Was dieser Rechner ist',
  sentence: (kind, systemd, system) =>
    `Dies ist ${de.kinds[kind] ?? kind}${systemd ? ' mit systemd' : ''}${system === null ? '' : `, darauf ${system}`}.`,
  kinds: {
    docker: 'ein Docker-Container',
    podman: 'ein Podman-Container',
    lxc: 'ein LXC-Container',
    nspawn: 'ein Container von systemd-nspawn',
    vm: 'eine virtuelle Maschine',
    'bare-metal': 'eine physische Maschine',
    wsl: 'das Windows-Subsystem für Linux',
    windows: 'Windows',
    macos: 'macOS',
    'container-other': 'ein anderer Container',
    unknown: 'etwas, das sich nicht ansehen lässt',
  },
  findings: {
    docker: 'Docker-Container',
    podman: 'Podman-Container',
    lxc: 'LXC-Container',
    nspawn: 'Container von systemd-nspawn',
    vm: 'virtuelle Maschine',
    'bare-metal': 'physische Maschine',
    wsl: 'WSL',
    windows: 'Windows',
    macos: 'macOS',
    'container-other': 'anderer Container',
    unknown: 'unbekannt',
    systemd: 'systemd',
    unprivileged: 'ohne besondere Rechte',
    privileged: 'mit besonderen Rechten',
    'container-id': 'seine Kennung',
    'wsl-version': 'Version von WSL',
    system: 'Betriebssystem',
    development: 'hier arbeitet jemand',
    proxy: 'Proxy',
    unit: 'Unit',
    process: 'Prozess',
    git: 'git',
    compose: 'Compose-Datei',
    mount: 'eingehängt',
    known: 'ein üblicher Ort',
  },
  finding: 'Befund',
  place: 'Gesehen in',
  value: 'Was dort steht',
  evidence: 'Belege',
  noEvidence: 'Es wurde nichts gefunden, was etwas darüber sagt.',
  conflict: (kind) => `Etwas sagt, dies sei ${kind}. Dem wird widersprochen, und es wird nicht geglaubt:`,
  against: 'Dagegen',
  unreadable: 'Nicht lesbar',
  strategies: 'Strategien, die passen',
  best: 'passt am besten',
  reasons: {
    development:
      'Sie arbeiten in diesem Arbeitsverzeichnis, und nichts läuft daraus: git bringt die neuen Commits, und Ihre Änderungen bleiben.',
    'container-image':
      'Die Dateien eines Containers sind die seines Images: Ein neueres Image ist die Aktualisierung, und die Daten liegen in seinen Volumes.',
    'system-container':
      'Ein System-Container lässt vielleicht keine neuen Ordner neben einer Anwendung zu: Sie wird an ihrem Ort aktualisiert, wo nötig Datei für Datei.',
    'closed-container':
      'Über diese Art von Container ist wenig bekannt: Eine Anwendung wird an ihrem Ort aktualisiert, was die wenigsten Rechte braucht.',
    'own-machine': 'Eine eigene Maschine hält Versionen nebeneinander, und zurück geht es mit einem Umbenennen.',
    windows:
      'Windows lässt einen Link nicht unter einem laufenden Programm umschalten: Eine Anwendung wird an ihrem Ort aktualisiert.',
    'unknown-host':
      'Es war zu wenig lesbar: Eine Anwendung wird an ihrem Ort aktualisiert, was die wenigsten Rechte braucht.',
    'engine-here': 'Eine Container-Engine und ein Compose-Programm antworten hier.',
    'git-here': 'Für ein Arbeitsverzeichnis, das einem Branch oder Tags folgt: git ist da.',
    'any-tree': 'Für einen Baum, der Datei für Datei einem Branch folgt.',
    'any-archive': 'Für eine Anwendung, die aus dem Archiv eines Release entpackt wird.',
  },
  limits: 'Was nicht ginge',
  noLimits: 'Nichts steht im Weg.',
  limitWords: {
    'engine-absent': () => ({
      message:
        'Aus diesem Container ist keine Container-Engine erreichbar, also kann er nicht durch einen neueren ersetzt werden.',
      hint: 'Starten Sie belay auf dem Rechner selbst, oder hängen Sie die Engine ein: -v /var/run/docker.sock:/var/run/docker.sock.',
    }),
    'engine-refused': (facts) => ({
      message: `Die Engine unter ${at(facts, 'address')} lässt diesen Benutzer nicht ein (${at(facts, 'errno')}).`,
      hint: 'Starten Sie belay als root, oder nehmen Sie seinen Benutzer mit „usermod -aG docker USER“ und neuer Anmeldung auf.',
    }),
    'engine-silent': (facts) => ({
      message: `Die Engine unter ${at(facts, 'address')} antwortet nicht (${at(facts, 'errno')}).`,
      hint: 'Starten Sie sie, oder sagen Sie in DOCKER_HOST, wo sie ist.',
    }),
    'compose-absent': (facts) => ({
      message: `Neben ${at(facts, 'engine') === 'podman' ? 'Podman' : 'Docker'} antwortet kein Compose-Programm.`,
      hint:
        at(facts, 'engine') === 'podman'
          ? 'Installieren Sie podman-compose ab 1.1 oder docker-compose.'
          : 'Installieren Sie das Plugin „docker compose“ oder docker-compose.',
    }),
    'git-absent': (facts) => ({
      message: `${at(facts, 'path')} ist ein Arbeitsverzeichnis von git, und git ist nicht da.`,
      hint: 'Installieren Sie git.',
    }),
    'systemd-absent': () => ({
      message:
        'systemd ist nicht da: Dienste werden von belay selbst gestartet, und nach einem Stromausfall wartet nichts, bis belay aufgeräumt hat.',
      hint: 'Schreiben Sie „service: {type: process, command: […]}“, und starten Sie beim Hochfahren „belay resume“ vor den Anwendungen.',
    }),
    'systemd-refused': () => ({
      message: 'systemd läuft und antwortet diesem Benutzer nicht.',
      hint: 'Starten Sie belay als root.',
    }),
    'restart-refused': (facts) => ({
      message: `${at(facts, 'unit')} gehört dem System: Benutzer ${at(facts, 'uid')} darf die Unit weder anhalten noch starten.`,
      hint: 'Starten Sie belay als root, oder machen Sie daraus eine Unit dieses Benutzers („service: {…, scope: user}“).',
    }),
    'sudo-blocked': () => ({
      message: 'sudo geht hier nicht: Was belay gestartet hat, hat NoNewPrivileges gesetzt.',
      hint: 'Entfernen Sie NoNewPrivileges aus der Unit von belay, oder starten Sie belay als root.',
    }),
    'path-closed': (facts) => ({
      message: `In ${at(facts, 'path')} kann nicht geschrieben werden (${at(facts, 'errno')}).`,
      hint:
        at(facts, 'errno') === 'EROFS'
          ? 'Es ist nur zum Lesen eingehängt: Hängen Sie es zum Schreiben ein, oder nennen Sie es in ReadWritePaths der Unit, die belay startet.'
          : 'Starten Sie belay als root oder als der Benutzer, dem es gehört.',
    }),
    'parent-closed': (facts) => ({
      message: `In ${at(facts, 'path')} kann geschrieben werden, in ${at(facts, 'parent')} darüber nicht (${at(facts, 'errno')}): Daneben passt keine Version.`,
      hint: 'Lassen Sie es bei „layout: in-place“, oder lassen Sie belay darüber schreiben.',
    }),
    'system-read-only': (facts) => ({
      message: `Nur lesbar: ${at(facts, 'paths')}${at(facts, 'unit') === '' ? '' : `, für ${at(facts, 'unit')} (ProtectSystem)`}.`,
      hint:
        at(facts, 'unit') === ''
          ? 'Hängen Sie zum Schreiben ein, wo belay schreiben soll.'
          : 'Nennen Sie in ReadWritePaths= dieser Unit, was belay schreibt.',
    }),
    'home-hidden': (facts) => ({
      message: `${at(facts, 'unit')} verbirgt die Home-Ordner (ProtectHome=${at(facts, 'value')}): Zugänge zu Registries darin werden nicht gefunden.`,
      hint: 'Setzen Sie ProtectHome=no, oder nennen Sie den Zugang in der Konfiguration („token: {file: …}“).',
    }),
    'memory-limit': (facts) => ({
      message: `${at(facts, 'unit') || 'Dieser Container'} darf ${Math.round(Number(facts['bytes']) / 1e6)} MB Speicher benutzen: pip oder npm in „prepare“ können daran enden.`,
      hint: at(facts, 'unit') === '' ? 'Geben Sie ihm mehr Speicher.' : 'Erhöhen Sie MemoryMax= dieser Unit.',
    }),
    'cpu-limit': (facts) => ({
      message: `${at(facts, 'unit')} darf ${at(facts, 'percent')} % eines Prozessors benutzen: „prepare“ dauert entsprechend länger.`,
      hint: 'Erhöhen Sie CPUQuota= dieser Unit.',
    }),
    'file-mount': (facts) => ({
      message: `${at(facts, 'path')} ist einzeln eingehängt: Es kann nicht ersetzt, nur beschrieben werden.`,
      hint: 'Für belay ist nichts zu tun. Hängen Sie den Ordner ein, wenn andere es jederzeit ganz sehen sollen.',
    }),
  },
  applications: 'Anwendungen, die hier sein könnten',
  noApplications: 'An den üblichen Orten wurde keine gefunden.',
  runs: 'läuft',
  unknownHost: 'Der Agent hat sich diesen Rechner nicht angesehen.',
}
