import { measure } from '../rounds.ts'
import { canPin } from '../load/processes.ts'
import { type Measure, rowsOf, type Section } from '../report/section.ts'
import { bare, paused, sustained } from '../variants.ts'

/**
 * Storing on disk before each answer: `paused` with the plugin's handlers waiting, `sustained` with every callback of a
 * window delivered before the next one starts; `behind ms` is the longest time that took after a window.
 */
export const storing: Measure = async ({ rounds, windowMs, server }, loader, say) => {
  const sections: Section[] = []
  const cores = canPin ? [server, '0,1'] : [undefined]
  for (const core of cores) {
    const where = core === undefined ? 'anywhere' : core.includes(',') ? 'two cores' : 'one core'
    say(`storing, the server's threads on ${where}`)
    const plan = { kind: 'full', connections: 64, rounds, windowMs, cores: core } as const
    // One after the other, so that late deliveries do not fall into the window of another server.
    for (const variant of [paused, sustained]) {
      const raw = await measure([bare, variant], plan, loader)
      const title = `${variant.name}, 64 connections, the server's threads on ${where}`
      sections.push({ name: `${variant.name} ${where}`, title, rows: rowsOf(raw), raw })
    }
  }
  return sections
}
