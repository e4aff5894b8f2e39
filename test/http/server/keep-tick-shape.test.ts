import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { folderWith } from '../../harness/cli.ts'

const moduleAt = (path: string): string => pathToFileURL(resolve('dist/core', path)).href

/** Ticks, then the collections after which V8 gives up shapes that nothing has, then ticks again. */
const PROGRAM = `
import { setTimeout as delay } from 'node:timers/promises'
import { Bus } from '${moduleAt('observe/bus.js')}'
import { createNodeServer } from '${moduleAt('http/server/node-server.js')}'
const tick = () => new Promise((resolve) => process.nextTick(resolve))
createNodeServer(() => undefined, new Bus())
for (let ticks = 0; ticks < 100; ticks++) await tick()
const marker = {}
marker.collectionsBegin = true
for (let collections = 0; collections < 6; collections++) {
  await delay(5)
  gc()
}
for (let ticks = 0; ticks < 100; ticks++) await tick()
`

/** What V8 logs of shapes is its own affair, and known of these. */
const KNOWN_MAJORS = ['20', '22', '24']

describe('a server', () => {
  if (!KNOWN_MAJORS.includes(process.versions.node.split('.')[0] ?? '')) return
  it('keeps the shape of what Node makes for every tick, whatever is collected meanwhile', async () => {
    const cwd = await folderWith({ 'program.mjs': PROGRAM })
    const flags = ['--expose-gc', '--log-maps', '--no-log-maps-details', '--logfile=v8.log', '--no-logfile-per-isolate']
    await promisify(execFile)(process.execPath, [...flags, 'program.mjs'], { cwd })
    const log = await readFile(join(cwd, 'v8.log'), 'utf8')
    const shapes = log.split('\n').filter((line) => line.startsWith('map,Transition,'))
    const begin = shapes.findIndex((line) => line.includes('collectionsBegin'))
    const ofTicks = (from: number, to?: number): string[] =>
      shapes.slice(from, to).filter((line) => line.includes('"trigger_async_id_symbol"'))
    expect(ofTicks(0, begin)).to.not.deep.equal([])
    expect(ofTicks(begin)).to.deep.equal([])
  })
})
