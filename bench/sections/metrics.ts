import { Counts } from '../../core/observe/counts.ts'
import { measure } from '../rounds.ts'
import type { Measure } from '../report/section.ts'
import { ratios, spreadOf } from '../report/stats.ts'
import { memory, timhook } from '../variants.ts'

const unlogged = timhook('log.callbacks none', 'memory', { log: { callbacks: 'none' } })

const COMMANDS = ['Group.CallbackAfterGroupFull', 'Group.CallbackAfterSendMsg', 'C2C.CallbackAfterSendMsg']
const CALLBACKS = 2_000_000

/** How much of a callback's processor time goes into the numbers of /metrics and the log line. */
export const metrics: Measure = async ({ rounds, windowMs, server: cores }, loader, say) => {
  say('the counters of a callback')
  const raw = await measure([memory, unlogged], { kind: 'full', connections: 64, rounds, windowMs, cores }, loader)
  const callbackUs = spreadOf(raw[0]?.windows.map(({ cpuUs }) => cpuUs) ?? []).median
  const countersUs = spreadOf(Array.from({ length: 9 }, countAll)).median
  const figures = {
    'CPU µs of a callback': callbackUs.toFixed(1),
    'of the counters': countersUs.toFixed(3),
    share: `${((countersUs / callbackUs) * 100).toFixed(2)} %`,
  }
  const counters = { name: 'metrics', title: 'the counters of a callback', rows: [{ name: memory.name, figures }], raw }
  const rows = raw.map(({ name, windows }) => {
    const us = windows.map(({ cpuUs }) => cpuUs)
    const logged = raw[0]?.windows.map(({ cpuUs }) => cpuUs) ?? []
    return { name, figures: { 'CPU µs': spreadOf(us), 'of the first': spreadOf(ratios(us, logged)) } }
  })
  return [counters, { name: 'lines', title: 'a line of the log for each callback', rows, raw }]
}

/** Everything that a stored callback with one plugin adds to the counters, clock readings included. Microseconds. */
function countAll(): number {
  const counts = new Counts()
  const before = process.cpuUsage()
  for (let n = 0; n < CALLBACKS; n++) {
    const since = performance.now()
    const now = performance.now()
    counts.store.observe(now - since)
    const command = COMMANDS[n % COMMANDS.length] ?? ''
    counts.answered({ sdkAppId: 1400000000, command, startedAt: since }, 'after', 'allow', now)
    counts.handler('counting').seconds.observe(performance.now() - now)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / CALLBACKS
}
