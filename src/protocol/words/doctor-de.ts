import type { Finding, NotTried, ProcessSeen, SeenAtPort, Trial } from '../../core/doctor/report.ts'
import type { Verdict } from '../../core/doctor/verdict.ts'
import { briefIn, told } from '../messages/render.ts'
import { before, type DoctorWords, type Told } from './doctor-told.ts'
import { bytes, duration as spoken } from './units.ts'

const recipe = 'docs/guide/graceful-shutdown.md hat ein Rezept für Server in Node und in Python.'
const duration = (ms: number) => spoken(ms, 'de')

export const doctorDe: DoctorWords = {
  finding,
  trial,
  verdict,
  seenProcess: about,
  notTried,
  nothingFound: 'Es wurde nichts gefunden, das nicht ginge.',
}

function finding(found: Finding): Told {
  switch (found.code) {
    case 'problem': {
      const { title, hint, facts } = told(found.problem, 'de')
      return { what: title, why: facts.length === 0 ? found.problem.message : facts.join(', '), hint }
    }
    case 'state-room':
      return {
        what: `Nur ${bytes(found.freeBytes, 'de')} sind frei, wo ${found.path} liegt.`,
        why: 'Dort stehen die Journale und die Reserve für den Weg zurück: ohne sie wird kein Update begonnen.',
        hint: 'Platz schaffen, oder mit agent.state einen anderen Ordner wählen.',
      }
    case 'agent-absent':
      return {
        what: 'Hier läuft kein Agent.',
        why: {
          service: 'Nichts sonst startet den Prozess wieder, wenn er stirbt oder der Strom ausfiel.',
          policy: 'Die Regeln lassen Updates von selbst zu, und niemand führt sie aus.',
          drain: 'Eine alte Version läuft aus, und niemand beendet sie rechtzeitig.',
        }[found.needs],
        hint: 'Einen starten: belay service install --do agent.',
      }
    case 'unfinished':
      return {
        what: `Der Lauf ${found.run} ist liegen geblieben.`,
        why: 'Bevor er beendet oder rückgängig gemacht ist, wird nichts anderes begonnen.',
        hint: 'belay resume',
      }
    case 'version-unknown':
      return {
        what: 'Die installierte Version lässt sich nicht lesen.',
        why: 'Ohne sie weiß niemand, ob eine Veröffentlichung neuer ist.',
        hint: 'In version: der Komponente angeben, wo sie steht.',
      }
    case 'service-missing':
      return {
        what: `Den Dienst ${found.service} gibt es nicht.`,
        why: 'Ein Update könnte ihn weder anhalten noch starten.',
        hint: 'strategy.service berichtigen, oder die Unit einrichten, die dort steht.',
      }
    case 'source-failed': {
      const { message, hint } = briefIn(found.problem, 'de')
      return {
        what: 'Die Quelle hat bei der letzten Frage nicht geantwortet.',
        why: message,
        hint: hint ?? 'Noch einmal fragen: belay check --force.',
      }
    }
    case 'backup-place': {
      const { title, hint } = told(found.problem, 'de')
      return { what: title, why: 'Ein Update, das seine Daten nicht sichern kann, wird nicht begonnen.', hint }
    }
    case 'unguarded':
      return {
        what: `Nichts lässt ${found.service} beim Hochfahren auf Belay warten.`,
        why: 'Nach einem Stromausfall mitten im Update startete er auf dem, was gerade da war.',
        hint: 'Das nächste Update richtet belay-resume.service wieder ein.',
      }
    case 'ignores-term':
      return {
        what: 'Sie ist der erste Prozess ihres Containers und behandelt SIGTERM nicht.',
        why: `Jedes Anhalten dauert ${found.patienceMs === null ? 'bis zum Abbruch' : duration(found.patienceMs)} und trennt, was noch läuft.`,
        hint: `Das Signal behandeln, oder "init: true" in die Compose-Datei schreiben. ${recipe}`,
      }
  }
}

function trial(seen: Trial): readonly string[] {
  const { slot, version, ready_ms: ready, problem, process: seenProcess, port } = seen
  if (ready === null) {
    const why = problem === null ? '.' : `: ${problem.message}`
    return [`${version ?? 'Die installierte Version'} wurde auf ${slot} nicht bereit${why}`, ...served(seen)]
  }
  return [
    `${version ?? 'Die installierte Version'} war auf ${slot} nach ${duration(ready)} bereit.`,
    ...served(seen),
    ...(seenProcess === null || !seenProcess.first ? [] : [about(seenProcess)]),
    ...(port === null
      ? problem === null
        ? []
        : [problem.message]
      : [refuses(port, seen), request(port), idle(port, seen)]),
    ...(port === null ? [] : [gone(seen)]),
  ]
}

function served({ served: { asked, failed, steady } }: Trial): readonly string[] {
  if (!steady) return ['Die Instanz, die alle bedient, blieb währenddessen nicht dieselbe.']
  if (failed === 0) return [`Zwei zugleich: die Instanz, die alle bedient, beantwortete alle ${asked} Anfragen.`]
  return [`Zwei zugleich: die Instanz, die alle bedient, ließ ${failed} von ${asked} Anfragen ohne Antwort.`]
}

function refuses({ refuses_ms: ms }: SeenAtPort, seen: Trial): string {
  const at = before(ms, seen)
  if (at === null) return 'Nach SIGTERM nahm sie bis zu ihrem Ende neue Verbindungen an.'
  return `Nach SIGTERM nahm sie ab ${duration(at)} keine neuen Verbindungen mehr an.`
}

function request({ request: kind, answered }: SeenAtPort): string {
  if (answered === 'quick')
    return 'Die langsame Anfrage war schon vor SIGTERM beantwortet: eine nennen, die Sekunden dauert.'
  const which = kind === 'slow' ? 'Die langsame Anfrage, die gerade lief,' : 'Die halb gesendete Anfrage'
  return answered === 'yes' ? `${which} wurde beantwortet.` : `${which} blieb ohne Antwort.`
}

function idle({ idle: how, idle_ms: ms }: SeenAtPort, seen: Trial): string {
  const at = before(ms, seen)
  if (how === 'none') return 'Sie hält zwischen Anfragen keine Verbindungen offen.'
  if (how === 'reset')
    return 'Eine ruhende Verbindung wurde hart getrennt: eine eben gesendete Anfrage ginge darauf verloren.'
  if (how === 'stayed' || at === null) return 'Eine ruhende Verbindung blieb bis zu ihrem Ende offen.'
  return `Eine ruhende Verbindung wurde nach ${duration(at)} sauber geschlossen.`
}

function gone({ gone_ms: ms, waited_ms: waited, exit_code: code }: Trial): string {
  const exit = code === null ? '' : ` mit dem Code ${code}`
  if (ms !== null) return `Nach ${duration(ms)} war sie beendet${exit}.`
  return `Nach ${duration(waited)} war sie noch da und wurde abgebrochen.`
}

function verdict(of: Verdict, { gone_ms: ms, process: seen, port }: Trial): Told {
  switch (of) {
    case 'drains':
      return {
        what: 'Sie läuft aus: was sie hatte, hat sie beendet, und dann sich selbst.',
        why: null,
        hint: `Fristen zum Anhalten und drain.requests müssen länger sein als diese ${duration(ms ?? 0)} und ihre langsamste Anfrage.`,
      }
    case 'unproven':
      return {
        what: 'Sie beendete sich selbst; ob sie Laufendes zu Ende bringt, war nicht zu sehen.',
        why: null,
        hint: 'Einen Pfad nennen, der Sekunden dauert: belay doctor NAME --slow PFAD.',
      }
    case 'cuts':
      return {
        what: 'Sie läuft nicht aus: sie endete mitten in einer Anfrage.',
        why: 'Wen eine alte Version gerade bedient, wenn sie enden soll, der bekommt keine Antwort.',
        hint:
          port?.request === 'half-sent'
            ? `${recipe} Manche Server lassen nur halb gesendete Anfragen fallen: --slow PFAD zeigt es.`
            : recipe,
      }
    case 'ignores':
      return {
        what: 'Sie beachtet SIGTERM nicht und muss abgebrochen werden.',
        why:
          seen?.first === true
            ? 'Sie ist der erste Prozess ihres Containers, und den erreichen nur Signale, die er behandelt.'
            : 'Etwas in ihr nimmt das Signal an und beendet sie nicht.',
        hint: recipe,
      }
    case 'unready':
      return {
        what: 'Eine zweite Instanz kam nicht so weit, dass sich etwas versuchen ließ.',
        why: null,
        hint: 'Nachsehen, was sie schrieb: das nächste Update startete sie genauso.',
      }
    case 'alone':
      return {
        what: 'Zwei davon vertragen sich nicht.',
        why: 'Während die zweite lief, war die Instanz, die alle bedient, nicht mehr sie selbst.',
        hint: 'twice: false in traffic: schreiben, oder suchen, was beide wollen: einen Port, eine Sperre, eine Datei.',
      }
  }
}

function about({ pid, first, handles }: ProcessSeen): string {
  const who = first ? `Prozess ${pid}, der erste seines Containers,` : `Prozess ${pid}`
  if (handles === true) return `${who} behandelt SIGTERM.`
  if (handles === null) return `${who} behandelt SIGTERM vielleicht: von außen ist das nicht zu sehen.`
  return first
    ? `${who} behandelt SIGTERM nicht, so dass es ihn nicht erreicht.`
    : `${who} behandelt SIGTERM nicht: er endet sofort, mitten in allem, was läuft.`
}

function notTried(reason: NotTried): string {
  switch (reason.why) {
    case 'no-slots':
      return 'Nichts wurde gestartet oder angehalten: wie sie endet, zeigt nur ein Versuch auf einem zweiten Platz (traffic: der Strategie).'
    case 'not-installed':
      return 'Nichts wurde versucht: sie ist nicht installiert.'
    case 'not-served':
      return 'Nichts wurde versucht: sie bedient gerade niemanden.'
    case 'shared-door':
      return 'Nichts wurde versucht: beide Plätze teilen sich einen Socket, so dass der Versuch echte Anfragen bekäme und mit sich risse.'
    case 'one-at-a-time':
      return 'Nichts wurde versucht: twice: false sagt, dass nie zwei zugleich laufen dürfen.'
    case 'occupied':
      return `Nichts wurde versucht: ${reason.slot} ist nicht frei, die Version davor läuft dort noch aus.`
    case 'unfinished':
      return `Nichts wurde versucht: der Lauf ${reason.run} ist liegen geblieben. Zuerst: belay resume`
    case 'refused':
      return 'Nichts wurde versucht: auch ein Update würde abgelehnt.'
  }
}
