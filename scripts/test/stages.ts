/** A check of the source as text: a program that exits 0 and whose output is shown when it does not. */
export interface CheckStage {
  readonly kind: 'check'
  readonly name: string
  readonly script: string
  readonly args: readonly string[]
}

/** A vitest project. */
export interface TestStage {
  readonly kind: 'tests'
  readonly name: string
  /** Globs of its files, from the root of the clone. */
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  /** Of real engines, service managers, databases and browsers: a file that fails is run once more by itself. */
  readonly secondTry: boolean
}

export type Stage = CheckStage | TestStage

function check(name: string, script: string, ...args: string[]): CheckStage {
  return { kind: 'check', name, script, args }
}

function tests(name: string, ...include: string[]): TestStage {
  return { kind: 'tests', name, include, exclude: [], secondTry: false }
}

/** Kills at every record of a run on the test bed, and a hundred runs in a row: a stage of its own, so that all of them can be asked for. */
const kills = ['test/e2e/**/killed.test.ts', 'test/e2e/**/hundred.test.ts']

/** In order: what is quick and tells most comes first. The first six together stay under two minutes. */
export const stages: readonly Stage[] = [
  check('format', 'node_modules/.bin/biome', 'format', '--colors=off'),
  check('lint', 'node_modules/.bin/oxlint', '--type-aware', '--deny-warnings'),
  check('types', 'scripts/test/types.ts'),
  check('unused', 'node_modules/.bin/knip', '--no-progress'),
  check('lockfile', 'scripts/lockfile/check.ts'),
  tests(
    'unit',
    'src/**/*.test.ts',
    'scripts/**/*.test.ts',
    'test/architecture.test.ts',
    'test/architecture/**/*.test.ts',
    'web/src/**/*.test.ts',
  ),
  { ...tests('contract', 'test/contracts/**/*.test.ts'), secondTry: true },
  tests('simulation', 'test/simulation/**/*.test.ts'),
  { ...tests('e2e', 'test/e2e/**/*.test.ts'), exclude: kills, secondTry: true },
  { ...tests('kills', ...kills), secondTry: true },
  { ...tests('crash', 'test/crash/**/*.test.ts'), secondTry: true },
]

export const quick: readonly string[] = ['format', 'lint', 'types', 'unused', 'lockfile', 'unit']

/** The stages that were asked for by name, `quick` for its six; all of them without a name. */
export function pickStages(names: readonly string[]): readonly Stage[] {
  const wanted = new Set(names.flatMap((name) => (name === 'quick' ? quick : [name])))
  const unknown = [...wanted].filter((name) => !stages.some((stage) => stage.name === name))
  if (unknown.length > 0) {
    throw new Error(
      `no stage "${unknown.join('", "')}"; there are ${stages.map((stage) => stage.name).join(', ')} and quick`,
    )
  }
  return wanted.size === 0 ? stages : stages.filter((stage) => wanted.has(stage.name))
}
