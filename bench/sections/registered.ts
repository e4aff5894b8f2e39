import { resolve } from 'node:path'
import { commands as table } from '../../core/protocol/commands.ts'
import { measure, type Measured } from '../rounds.ts'
import { type Measure, type Row, type Section } from '../report/section.ts'
import { ratios, spreadOf } from '../report/stats.ts'
import { counting, timhook } from '../variants.ts'

const ONE = resolve('dist/bench/plugins/one.js')
const EVERY = resolve('dist/bench/plugins/every.js')
const DECIDES = resolve('dist/bench/plugins/decides.js')
const PLUGINS = [1, 2, 5, 10, 20]

/** The cost of more commands: one handler compared with a handler for each command of the table. */
export const commands: Measure = async ({ rounds, windowMs, server: cores }, loader, say) => {
  const count = table.size
  say(`1 and ${count} commands`)
  const single = timhook('1 command', 'memory', { plugins: [{ use: ONE }] })
  const all = timhook(`${count} commands`, 'memory', { plugins: [{ use: EVERY }] })
  const raw = await measure([single, all], { kind: 'full', connections: 64, rounds, windowMs, cores }, loader)
  return [{ name: 'commands', title: 'commands with a handler', rows: against(raw), raw }]
}

/** The cost of more plugins on one command. */
export const plugins: Measure = async ({ rounds, windowMs, server: cores }, loader, say) => {
  say('1 to 20 plugins on one command')
  const variants = PLUGINS.map((count) => {
    const plugins = Array.from({ length: count }, (_, n) => ({ ...counting, id: `p${n}` }))
    return timhook(`${count} plugin${count > 1 ? 's' : ''}`, 'memory', { plugins })
  })
  const raw = await measure(variants, { kind: 'before', connections: 64, rounds, windowMs, cores }, loader)
  return [{ name: 'plugins', title: 'plugins on one before-callback, 1.5 KB', rows: against(raw), raw }]
}

/** The cost of running a plugin in its own thread or process: one before- or after-callback there and back. */
export const isolate: Measure = async ({ rounds, windowMs, server: cores }, loader, say) => {
  const variants = (['none', 'worker', 'process'] as const).map((level) =>
    timhook(`isolate: ${level}`, 'memory', { plugins: [{ use: DECIDES, isolate: level }] }),
  )
  const sections: Section[] = []
  for (const kind of ['before', 'full'] as const) {
    say(`a plugin in a thread or process of its own, ${kind}`)
    const raw = await measure(variants, { kind, connections: 64, rounds, windowMs, cores }, loader)
    sections.push({
      name: `isolate ${kind}`,
      title: `a plugin in a thread or process of its own, ${kind}`,
      rows: against(raw),
      raw,
    })
  }
  return sections
}

function against(measured: readonly Measured[]): Row[] {
  const [first] = measured
  const of = ({ windows }: Measured, key: 'perSecond' | 'cpuUs'): number[] => windows.map((window) => window[key])
  return measured.map((variant) => ({
    name: variant.name,
    figures: {
      'of the first': spreadOf(ratios(of(variant, 'perSecond'), first ? of(first, 'perSecond') : [])),
      'CPU of the first': spreadOf(ratios(of(variant, 'cpuUs'), first ? of(first, 'cpuUs') : [])),
      'CPU µs': spreadOf(of(variant, 'cpuUs')),
    },
  }))
}
