import { readFile, writeFile } from 'node:fs/promises'
import { cpus, release } from 'node:os'
import { type Section, sectionLines } from './section.ts'

const intro = `# Benchmarks

What Belay costs, held against doing the same without it. Both sides of every line ran in turn, on one machine, in one go:
read the ratios. The times are those of that machine and promise nothing about another.

\`npm run bench\` measures everything anew and rewrites this page; \`npm run bench -- status\` one part of it.
`

const startOf = (part: string) => `<!-- part: ${part} -->`

/** Puts each section where it stood before, and new ones at the end: parts may be measured one by one. */
export async function writePage(file: string, sections: readonly Section[]): Promise<void> {
  const before = await readFile(file, 'utf8').catch(() => '')
  const kept = new Map(
    before
      .split(/^(?=<!-- part: )/m)
      .slice(1)
      .map((text) => [/^<!-- part: (.*?) -->/.exec(text)?.[1] ?? '', text.trim()]),
  )
  for (const section of sections) {
    kept.set(section.part, [startOf(section.part), ...sectionLines(section), '', machine()].join('\n'))
  }
  await writeFile(file, `${[intro, ...kept.values()].join('\n\n').replaceAll('\n\n\n', '\n\n')}\n`)
}

function machine(): string {
  const date = new Date().toISOString().slice(0, 10)
  return `${date}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Linux ${release()}, Node ${process.version}.`
}
