/** What a user writes for such an application: everything else is the default. */
export function configText(at: { readonly releases: string; readonly dir: string; readonly port: number }): string {
  return `version: 1
agent:
  allow_http: [ 127.0.0.1 ]
components:
  board:
    source: { type: github, repo: example/board, asset: "board-{version}.tar.gz", api: "${at.releases}" }
    strategy:
      type: directory
      path: ${at.dir}/board
      service:
        type: process
        command: [ node, server.mjs ]
        env: { BOARD_PORT: ${at.port}, BOARD_DATA: ${at.dir}/board.db }
    version: { file: VERSION }
    data: [ { type: sqlite, path: ${at.dir}/board.db } ]
    checks:
      after:
        - { type: service_active }
        - { type: health_endpoint, url: "http://127.0.0.1:${at.port}/health", timeout_seconds: 10 }
        - { type: version_check }
`
}
