import { setTimeout as pause } from 'node:timers/promises'
import type { ComposeProject } from '../e2e/bed/compose.ts'
import { startContainers } from '../e2e/bed/containers.ts'
import { ensureImage } from '../e2e/bed/image.ts'
import { pinnedNode } from '../e2e/bed/requirements.ts'
import { sampleProgram } from '../fakes/traffic/sample.ts'
import { type Ground, thisHost, underLoad } from './downtime-load.ts'
import { type Place, startupMs } from './downtime-place.ts'

const containerPort = 8080

/** `docker-compose up -d` with a new version in the file, by hand. */
export async function composePlace(): Promise<Place> {
  const bed = await startContainers()
  try {
    const project = await bed.project('docker-compose')
    const image = await ensureImage(bed.engine)
    let patch = 0
    const up = async () => {
      await project.write('docker-compose.yml', composeFile(project, image, `1.0.${patch++}`))
      await project.compose(['up', '-d'])
    }
    await up()
    while ((await project.http('/health').catch(() => null)) === null) await pause(50)
    return {
      name: 'docker-compose up -d',
      allowed: null,
      change: () => underLoad(groundOf(project), `http://127.0.0.1:${project.port}`, up),
      beside: null,
      [Symbol.asyncDispose]: async () => {
        await project.remove()
        await bed.close()
      },
    }
  } catch (error) {
    await bed.close()
    throw error
  }
}

/** Inside the engine's network; files are those of this host. */
function groundOf(project: ComposeProject): Ground {
  return {
    ...thisHost,
    node: async (...words) => {
      const { code, stdout, stderr } = await project.run([process.execPath, ...words], { timeoutMs: 60_000 })
      if (code !== 0) throw new Error(stderr)
      return stdout
    },
  }
}

/** An application that knows nothing of SIGTERM ends at once where it is not PID 1, which is what SIGKILL makes of this one. */
function composeFile({ port }: ComposeProject, image: string, version: string): string {
  return `version: "3.7"
services:
  app:
    image: ${image}
    command: [ /usr/local/bin/node, /srv/server.mjs ]
    stop_signal: SIGKILL
    environment: { HOST: 0.0.0.0, PORT: "${containerPort}", STARTUP_MS: "${startupMs}", VERSION: "${version}" }
    volumes: [ "${pinnedNode()}:/usr/local/bin/node:ro", "${sampleProgram}:/srv/server.mjs:ro" ]
    ports: [ "127.0.0.1:${port}:${containerPort}" ]
`
}
