import { expect, test } from 'vitest'
import { pageFaults } from './page.ts'
import { parseModule } from './parse.ts'

function faultsOf(file: string, text: string): string[] {
  return pageFaults(new Map([[file, parseModule(file, text)]]))
}

test('when the page imports what would run of the agent or an unknown package then each is named', () => {
  const text = [
    "import { sessionSchema } from '../../../src/protocol/api/session.ts'",
    "import type { Engine } from '../../../src/ports/engine.ts'",
    "import { z } from 'zod'",
    "import left from 'left-pad'",
  ].join('\n')
  expect(faultsOf('web/src/api/x.ts', text).map((fault) => fault.split(':')[1])).toStrictEqual([
    '1 imports src/protocol/api/session.ts to run',
    '2 imports src/ports/engine.ts',
    '3 imports zod to run',
    '4 imports the package left-pad',
  ])
})

test('when the page takes types of the protocol and its own parts then nothing is wrong', () => {
  const text = [
    "import type { Session } from '../../../src/protocol/api/session.ts'",
    "import type { z } from 'zod'",
    "import { path } from '../api/client.ts'",
    "import { useState } from 'react'",
  ].join('\n')
  expect(faultsOf('web/src/features/x.tsx', text)).toStrictEqual([])
})

test('when a shared part knows a feature then it is named', () => {
  expect(faultsOf('web/src/ui/x.ts', "import '../features/run/page.tsx'")).toHaveLength(1)
  expect(faultsOf('web/src/app/x.ts', "import '../features/run/page.tsx'")).toStrictEqual([])
})
