import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { serve } from './graceful.mjs'

const version = readFileSync(new URL('VERSION', import.meta.url), 'utf8').trim()

serve(
  createServer((_request, response) => {
    response.setHeader('x-version', version)
    response.end('hello\n')
  }),
)
