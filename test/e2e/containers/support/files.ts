import type { At } from './site.ts'

/** A file as people write it: comments, both quotes, an anchor, letters beyond ASCII, a volume. */
export function composeFile({ port, image }: Pick<At, 'port' | 'image'>, tag = '1.0.0'): string {
  return `# Das ist die Anlage in Köln – bitte nichts umsortieren.
version: "3.7"

x-common: &common
  restart: unless-stopped

services:
  app:
    <<: *common
    image: "${image}:${tag}"   # by hand, see the wiki
    ports: [ '127.0.0.1:${port}:8080' ]
    volumes:
      - data:/data

volumes:
  data: {}
`
}

/** The same with a second service of the same image, spelled without quotes. */
export function twoServices(at: Pick<At, 'port' | 'image'>, tag = '1.0.0', workerTag = tag): string {
  const worker = `  worker:
    <<: *common
    image: ${at.image}:${workerTag}
    environment: { ROLE: worker }
    ports: [ "127.0.0.1:${at.port + 1}:8080" ]
`
  return composeFile(at, tag).replace('\nvolumes:\n', `${worker}\nvolumes:\n`)
}
