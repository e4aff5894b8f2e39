import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { folderWith } from '../harness/cli.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { freePort } from '../harness/servers/redis.ts'
import { build, stepsOf } from './dockerfile.ts'
import { exec, packInto } from './install.ts'

const DOCKER = 'deploy/docker'

/** A folder as an operator would create it, with a packed timhook. */
async function context(): Promise<string> {
  const folder = await folderWith({})
  await cp(DOCKER, folder, { recursive: true })
  const tarball = await packInto(folder)
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as object
  const dependencies = { timhook: `file:${basename(tarball)}` }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, dependencies }))
  await exec('npm', ['install', '--package-lock-only', '--prefer-offline', '--silent', '--no-audit'], { cwd: folder })
  return folder
}

describe('the image', () => {
  it('is made by its steps, gets healthy, is no root, and drains on SIGTERM', async () => {
    const from = await context()
    const steps = stepsOf(await readFile(join(from, 'Dockerfile'), 'utf8'))
    const image = await build(steps, from, await folderWith({}))
    expect(image.user).to.equal('node')
    expect(image.packages.join()).to.match(/^apt-get update && apt-get install -y --no-install-recommends tini && /)
    // Exec form: a shell in between would not pass signals on.
    expect([...image.entrypoint.slice(0, 3), ...image.cmd]).to.deep.equal(['tini', '--', 'node', 'start'])
    expect(image.healthcheck[0]).to.equal('node')

    const cwd = join(image.root, image.workdir)
    const [port, adminPort] = [await freePort(), await freePort()]
    await mkdir(join(cwd, 'config'))
    const config = (await readFile(join(DOCKER, 'config/plugins.yaml'), 'utf8'))
      .replace('${file:/run/secrets/timhook-token}', 'a token of the test')
      .replace('host: 0.0.0.0', `drainMs: 0\n  port: ${port}\n  host: 127.0.0.1`)
      .replace('port: 8081', `port: ${adminPort}`)
    await writeFile(join(cwd, 'config/plugins.yaml'), config)
    const [, , node = '', ...args] = [...image.entrypoint, ...image.cmd]
    const env = { ...process.env, ...image.env }
    const healthy = (): number | null => {
      const [program = '', ...more] = image.healthcheck.map((word) => word.replace(':8081', `:${adminPort}`))
      return spawnSync(program, more, { cwd, env }).status
    }
    expect(healthy()).to.equal(1)
    const server = spawn(node, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(server, 'exit')
    stopAfterTest(async () => void server.kill('SIGKILL'))
    for await (const line of createInterface({ input: server.stdout })) if (line.includes('listening on')) break
    expect(healthy()).to.equal(0)
    server.kill('SIGTERM')
    expect(await ended).to.deep.equal([0, null])
  })
})
