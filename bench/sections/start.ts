import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startProcess } from '../load/processes.ts'
import { type Measure } from '../report/section.ts'
import { spreadOf } from '../report/stats.ts'
import { bare } from '../variants.ts'

/** From the start of the process to listening, with the shipped config. */
export const start: Measure = async ({ rounds }, _loader, say) => {
  say('start')
  const folder = mkdtempSync(join(tmpdir(), 'timhook-bench-'))
  const raw: { bare: number; timhook: number }[] = []
  try {
    cpSync(resolve('config/plugins.yaml'), join(folder, 'plugins.yaml'))
    // The admin listener takes any free port, since the default one may be in use.
    const shipped = readFileSync(join(folder, 'plugins.yaml'), 'utf8')
    writeFileSync(join(folder, 'plugins.yaml'), `${shipped}\nadmin: { port: 0 }\n`)
    const command = [process.execPath, resolve('dist/core/cli/main.js'), 'start', '-c', 'plugins.yaml', '--port', '0']
    for (let round = 0; round < rounds; round++) {
      const without = await bare.start(undefined)
      await without.stop()
      const started = await startProcess(command, folder, undefined)
      await started.stop()
      raw.push({ bare: without.readyMs, timhook: started.readyMs })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const rows = [
    { name: 'bare', figures: { ms: spreadOf(raw.map((round) => round.bare)) } },
    {
      name: 'timhook',
      figures: {
        ms: spreadOf(raw.map((round) => round.timhook)),
        'ms over bare': spreadOf(raw.map((round) => round.timhook - round.bare)),
      },
    },
  ]
  return [{ name: 'start', title: 'start to ready, shipped config', rows, raw }]
}
