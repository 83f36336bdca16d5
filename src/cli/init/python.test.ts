import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BelayError } from '../../core/model/problem.ts'
import { readAssignments } from './python.ts'

test.each([
  ['A = "x"', 'x'],
  ["A='x'", 'x'],
  ['A: str = "x"  # "y"', 'x'],
  ['A: "Final[str]" = "x"', 'x'],
  ['A = ("x"\n     "y")', 'xy'],
  ['A = "x" "y"', 'xy'],
  ['A = r"\\d"', '\\d'],
  ['A = "a\\tb\\x41\\u00e4\\\n c"', 'a\tbAä c'],
  ['A = """x\ny"""', 'x\ny'],
  ['A = 24', 24],
  ['A = 0x10', 16],
  ['A = 1_000', 1000],
  ['A = True', true],
  ['A = None', null],
  ['A = "1"; B = 2\nA = "2"', '2'],
  ['B = (1,\nA == "y",\n)\nA = "x"', 'x'],
])('when a module says %j, then A is %j', (text, value) => {
  expect(readAssignments(text, 'm.py').get('A')).toMatchObject({ value })
})

test.each([
  'A = f"x"',
  'A = "1." + "2"',
  'A = os.environ["A"]',
  'A = -1',
  'A = "x" if y else "z"',
  'A = ["x"]',
  'A = __import__("os").system("false")',
])('when a module says %j, then that is computed, and nothing of it runs', (text) => {
  expect(readAssignments(text, 'm.py').get('A')).toStrictEqual({ line: 1, computed: true })
})

test.each([
  '"""\nA = "x"\n"""',
  'if True:\n    A = "x"',
  'A == "x"',
  'A += "x"',
  'A.b = "x"',
  'A, B = "x", "y"',
  '# A = "x"',
  'f(A="x")',
  'f(\nA="x")',
  'def f(\nA = "x",\n): pass',
])('when a module says %j, then it sets no A', (text) => {
  expect(readAssignments(text, 'm.py').has('A')).toBe(false)
})

test('when a line is told, then it is the one that the name stands on', () => {
  const text = '"""a\nb"""\n\n# c\nB = (\n1\n)\nA = \\\n "x"\n'
  expect(readAssignments(text, 'm.py').get('A')).toStrictEqual({ line: 8, value: 'x' })
})

test.each(['A = "x', 'A = """x\n"', "A = 'x\\"])(
  'when a text in %j does not end, then file and line are told',
  (text) => {
    expect(() => readAssignments(`\n${text}`, '/a/m.py')).toThrow('/a/m.py:2: a text begins here and does not end')
  },
)

test('when a module is any text, then it is read or refused, and never more', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'A',
      '=',
      '"',
      "'",
      '"""',
      '\n',
      '\\',
      '(',
      ')',
      ':',
      ';',
      ' ',
      '#',
      'f"',
      '1',
      'True',
      '\r\n',
      '\t',
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      try {
        for (const { line } of readAssignments(pieces.join(''), 'm.py').values()) expect(line).toBeGreaterThan(0)
      } catch (error) {
        expect(error).toBeInstanceOf(BelayError)
      }
    }),
    { numRuns: 60 },
  )
})
