import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { mochaHooks } from '../test/harness/hooks.ts'
import { readOptions, usage } from './options.ts'
import { plot } from './report/plot.ts'
import { print } from './report/print.ts'
import { Loader } from './load/processes.ts'
import type { Measure, Section } from './report/section.ts'
import { archive } from './sections/archive.ts'
import { forward } from './sections/forward.ts'
import { http } from './sections/http.ts'
import { latency } from './sections/latency.ts'
import { delivery, memoryUse } from './sections/long.ts'
import { commands, isolate, plugins } from './sections/registered.ts'
import { metrics } from './sections/metrics.ts'
import { split } from './sections/split.ts'
import { start } from './sections/start.ts'
import { storing } from './sections/storing.ts'
import { workers } from './sections/workers.ts'

const sections: Readonly<Record<string, Measure>> = {
  http,
  split,
  storing,
  latency,
  commands,
  plugins,
  start,
  delivery,
  workers,
  memory: memoryUse,
  archive,
  metrics,
  forward,
  isolate,
}

const write = (text: string): void => void process.stdout.write(text)
const say = (text: string): void => void process.stderr.write(`… ${text}\n`)

async function run(args: readonly string[]): Promise<void> {
  const options = readOptions(args)
  const names = options.only.length > 0 ? options.only : Object.keys(sections)
  const unknown = names.find((name) => !sections[name])
  if (unknown !== undefined) throw new Error(`no section ${unknown}; there are ${Object.keys(sections).join(', ')}`)
  const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? '?'}`
  write(`${machine}; medians [quartiles] of ${options.rounds} alternating windows of ${options.windowMs} ms\n`)
  const results: Section[] = []
  for (const name of names) {
    const loader = new Loader(options.loader)
    try {
      const measured = (await sections[name]?.(options, loader, say)) ?? []
      for (const section of measured) write(print(section))
      results.push(...measured)
    } finally {
      loader.end()
    }
  }
  if (options.out === undefined) return
  mkdirSync(options.out, { recursive: true })
  const about = { machine, commit: commit(), at: new Date().toISOString(), options }
  writeFileSync(join(options.out, 'results.json'), `${JSON.stringify({ ...about, sections: results }, undefined, 1)}\n`)
  writeFileSync(join(options.out, 'speed.svg'), plot(results))
  write(`\nwritten: ${options.out}/results.json, ${options.out}/speed.svg\n`)
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}

try {
  await run(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`)
  process.exitCode = 2
} finally {
  // Cleans up the helpers of the tests as the tests do.
  await mochaHooks.afterEach()
}
