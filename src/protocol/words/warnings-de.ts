/**
 * The notes of plans and reports, as they are written in English where they are made, and what to say in their place:
 * `{1}` is what the first group found. A test reads the source for notes that are missing here.
 */
export const warningsDe: readonly (readonly [RegExp, string])[] = [
  [
    /^This is Belay itself: (.+) carries the run from beside, in (?:a )?(\S+?)(?: of its own)?, and puts itself back /,
    'Das ist Belay selbst: {1} führt den Lauf von der Seite, eigens dafür gestartet ({2}), und stellt sich selbst wieder her, wenn die andere Version nicht zeigt, dass sie arbeitet.',
  ],
  [
    /^Only the connection vouches for this commit: /,
    'Für diesen Commit bürgt nur die Verbindung: nichts Signiertes sagt, wer ihn gemacht hat.',
  ],
  [
    /^Nothing states a checksum for this release: nobody but /,
    'Für diese Version ist keine Prüfsumme angegeben: nur wer die Datei gebracht hat, bürgt für sie.',
  ],
  [
    /^Nothing states a checksum for this release: /,
    'Für diese Version ist keine Prüfsumme angegeben: nur die Verbindung wurde geprüft.',
  ],
  [/^Not proven by more: (.+)\.$/, 'Mehr beweist es nicht: {1}.'],
  [
    /^Nothing but Belay starts this service: /,
    'Nur Belay startet diesen Dienst: mit "belay agent" auf diesem Host ist er nach einem Stromausfall wieder da.',
  ],
  [
    /^The update manifest is refused, and the built-in procedure runs without it: (.+)$/,
    'Das Update-Manifest wird abgelehnt, und der eingebaute Ablauf läuft ohne es: {1}',
  ],
  [
    /^Whether the release has an update manifest could not be asked, and the built-in procedure runs without: (.+)$/,
    'Ob es ein Update-Manifest gibt, war nicht zu erfahren, und der eingebaute Ablauf läuft ohne: {1}',
  ],
  [
    /^run_migrations (\S+) is skipped: it is optional, and this host has no (.+)\.$/,
    'run_migrations {1} entfällt: es ist freigestellt, und auf diesem Host fehlt {2}.',
  ],
  [
    /^install_requirements (\S+) is skipped: it is optional, and this host has no (.+)\.$/,
    'install_requirements {1} entfällt: es ist freigestellt, und auf diesem Host fehlt {2}.',
  ],
  [
    /^No service manager guards this service at boot: /,
    'Beim Hochfahren schützt keine Dienstverwaltung diesen Dienst: nach einem Stromausfall "belay resume" ausführen, bevor er startet.',
  ],
  [
    /^The history of the source was rewritten: /,
    'Die Geschichte der Quelle wurde umgeschrieben: was ausgecheckt ist, gehört nicht mehr dazu. Es wird nichts zusammengeführt.',
  ],
  [
    /^What is checked out came from another repository /,
    'Was ausgecheckt ist, kam aus einem anderen Repository oder einer umgeschriebenen Geschichte. Es wird nichts zusammengeführt.',
  ],
  [/^Local changes go to git stash: (.+)\.$/, 'Örtliche Änderungen kommen in git stash: {1}.'],
  [
    /^prepare works in a second work tree; of what it makes, (.+) are taken over\.$/,
    'prepare arbeitet in einem zweiten Arbeitsverzeichnis; von dem, was es macht, wird übernommen: {1}.',
  ],
  [
    /^No branch is checked out \(detached HEAD\), /,
    'Kein Branch ist ausgecheckt (detached HEAD), und dabei bleibt es.',
  ],
  [
    /^The new version has submodules, /,
    'Die neue Version hat Submodule; wegen submodules: false kommen sie nicht mit.',
  ],
  [
    /^Large files are kept by Git LFS, and git-lfs is not installed: /,
    'Große Dateien liegen in Git LFS, und git-lfs ist nicht installiert: an ihrer Stelle stehen dann kleine Textdateien.',
  ],
  [
    /^Large files \(Git LFS\) are downloaded with the switch, /,
    'Große Dateien (Git LFS) werden beim Umschalten heruntergeladen, während der Dienst steht.',
  ],
  [
    /^(\S+) ignores (\S+): stopping it takes (\S+) s, /,
    '{1} beachtet {2} nicht: das Anhalten dauert {3} s, dann wird es beendet. Es sollte das Signal behandeln, oder in der Compose-Datei steht "init: true" oder stop_signal.',
  ],
  [
    /^What runs was brought up with (.+) too, which strategy\.file does not name: /,
    'Was läuft, wurde auch mit {1} gestartet, was strategy.file nicht nennt: dort eintragen, sonst gehen diese Einstellungen mit dem Update verloren.',
  ],
  [
    /^It is not known what was installed here: (\S+)(?: files?)? \S+ from the release and \S+ replaced \(the old ones are kept in ([^)]+)\)/,
    'Es ist nicht bekannt, was hier installiert wurde. Dateien, die von der Version abweichen und ersetzt werden: {1} (die alten bleiben in {2}); gelöscht wird nichts.',
  ],
  [
    /^Protected, so left alone although the release changes it: (.+)\.$/,
    'Geschützt und daher unberührt, obwohl die Version es ändert: {1}.',
  ],
  [
    /^Below a folder that is a link here, so left alone: (.+)\.$/,
    'Unter einem Ordner, der hier ein Link ist, daher unberührt: {1}.',
  ],
  [
    /^Edited here, so kept although the release changes it: (.+)\.$/,
    'Hier bearbeitet und daher behalten, obwohl die Version es ändert: {1}.',
  ],
  [
    /^Edited here, and replaced all the same \(the old one is kept in ([^)]+)\): (.+)\.$/,
    'Hier bearbeitet und trotzdem ersetzt (das Alte bleibt in {1}): {2}.',
  ],
  [/^Not followed, since it is a submodule: (.+)\.$/, 'Nicht verfolgt, weil es ein Submodul ist: {1}.'],
  [
    /^Not followed, since git keeps something else of it than what is checked out: (.+)\.$/,
    'Nicht verfolgt, weil git davon etwas anderes aufhebt, als ausgecheckt ist: {1}.',
  ],
  [/^Edited since it was installed, so kept: (.+)\.$/, 'Seit der Installation bearbeitet und daher behalten: {1}.'],
  [/^Edited since it was installed, and replaced: (.+)\.$/, 'Seit der Installation bearbeitet und ersetzt: {1}.'],
  [
    /^(.+): written through the file itself, since its folder is closed; /,
    '{1}: wird in die Datei selbst geschrieben, weil ihr Ordner verschlossen ist; nach einem Absturz kommt sie aus der aufgehobenen Kopie.',
  ],
  [/^(.+): written by the configured helper$/, '{1}: wird vom eingerichteten Helfer geschrieben'],
  [
    /^(.+?):? (?:is )?left as it is: nothing may write it, and it is optional$/,
    '{1}: bleibt, wie es ist: nichts darf es schreiben, und es ist entbehrlich',
  ],
  [
    /^(.+) had other names \(hard links\): /,
    '{1} hatte noch andere Namen (harte Links): die behalten den alten Inhalt',
  ],
  [/^(.+) belonged to somebody else: /, '{1} gehörte jemand anderem: nur root kann den Eigentümer behalten'],
  [/^No copy of the backup in (.+?): (.+)$/, 'Keine Kopie der Sicherung in {1}: {2}'],
  [
    /^(.+): no transactions \(not InnoDB\), so whoever writes /,
    '{1}: keine Transaktionen (nicht InnoDB), daher musste beim Sichern warten, wer schreibt',
  ],
  [/^Not removed: (.+)$/, 'Nicht entfernt: {1}'],
  [
    /^What drove the update could not be tidied away: (.+)$/,
    'Was das Update ausgeführt hat, ließ sich nicht wegräumen: {1}',
  ],
  [
    /^Nobody is served until this is done: (.+) sends to (\S+), where nothing runs, and only (\S+) runs\.$/,
    'Bis das getan ist, kommt niemand durch: {1} schickt nach {2}, wo nichts läuft, und nur {3} läuft.',
  ],
  [
    /^Neither (.+) nor (.+) is started at boot: /,
    'Weder {1} noch {2} wird beim Hochfahren gestartet: einmal den aktivieren, der bedient.',
  ],
  [
    /^Any answer below 500 at (\S+) counts as one of the new version: /,
    'Jede Antwort unter 500 an {1} gilt als eine der neuen Version: mit traffic.identify sagen, woran eine Antwort ihre Version zeigt.',
  ],
]
