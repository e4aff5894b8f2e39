import { commands } from '../../protocol/commands.ts'
import type { Bus } from '../bus.ts'
import { UNKNOWN } from '../counts.ts'
import { family, type Family } from './family.ts'
import { Tally } from './tally.ts'

/** How the sentence of a refusal begins. Anything else is `other`. */
const REASONS = new Set([
  'body',
  'CallbackCommand',
  'Content-Encoding',
  'head',
  'Host',
  'internal',
  'method',
  'path',
  'request',
  'RequestTime',
  'SdkAppid',
  'Sign',
])
const NOT_STORED = 'could not be stored'

/**
 * Counts the rarer events by listening to the bus. Returns a function that reads the numbers, given the
 * ids of the plugins. Series that alerts watch start at 0, because Prometheus sees no increase in a new series.
 */
export function eventFamilies(bus: Bus): (plugins: readonly string[]) => Family[] {
  const requests = new Tally('timhook_requests_total', 'HTTP requests by status, and what refused them.')
  const failures = new Tally(
    'timhook_handler_failures_total',
    'Failed handler calls, and handlers not reached in time.',
  )
  const onFailure = new Tally('timhook_on_failure_total', 'Failed before-handlers that onFailure resolved.')
  const deadline = new Tally('timhook_deadline_exceeded_total', 'Callbacks that the deadline decided.')
  const retries = new Tally('timhook_retries_total', 'Failed deliveries that are tried again.')
  const dead = new Tally('timhook_dead_letters_total', 'Callbacks that became dead letters.')
  const suspects = new Tally(
    'timhook_suspects_total',
    'Callbacks that wait because the process died during their handling.',
  )
  const resends = new Tally('timhook_resends_total', 'Resent callbacks, which were not delivered again.')
  const faults = new Tally('timhook_faults_total', 'Fields that did not fit the table of callbacks.')
  const restCalls = new Tally('timhook_rest_calls_total', 'Calls of the REST API by ErrorCode; none: no answer.')
  const restPauses = new Tally('timhook_rest_pauses_total', 'Pauses of all REST calls of an app.')
  const loopHeld = new Tally('timhook_event_loop_held_total', 'Times that the event loop was blocked for over 2 s.')
  const undelivered = new Tally('timhook_history_shortened_total', 'Stored callbacks deleted early to make room.')
  const restPausedUntil = new Map<number, number>()
  let skew: number | undefined
  let isFull = false

  bus.on('callback:rejected', ({ status, reason, clockSkewMs }) => {
    requests.add({ status, reason: reasonOf(reason) })
    if (clockSkewMs !== undefined) skew = clockSkewMs / 1000
  })
  bus.on('handler:failed', ({ plugin, reason, onFailure: outcome, retryMs }) => {
    failures.add({ plugin, reason })
    if (outcome !== undefined) onFailure.add({ plugin, outcome })
    if (outcome !== undefined && reason === 'unreached') deadline.add({ phase: 'before' })
    if (retryMs !== undefined) retries.add({ plugin })
  })
  bus.on('delivery:failed', ({ error }) => {
    if ((error as { name?: unknown } | null)?.name === 'TimeoutError') deadline.add({ phase: 'after' })
  })
  // Without a plugin it was refused, and is nobody's dead letter.
  bus.on('callback:dead', ({ plugin = 'none' }) => dead.add({ plugin }))
  bus.on('backlog:dead', ({ plugin, count }) => dead.add({ plugin }, count))
  bus.on('callback:suspect', ({ plugin }) => suspects.add({ plugin }))
  bus.on('callback:resent', ({ command }) => resends.add({ command: knownOf(command) }))
  bus.on('callback:faulty', ({ command, paths }) => {
    for (const path of paths) faults.add({ command: knownOf(command), path })
  })
  bus.on('rest:called', ({ api, code = 'none' }) => restCalls.add({ command: api, code }))
  bus.on('rest:paused', ({ sdkAppId, reason, pauseMs }) => {
    restPauses.add({ app: sdkAppId, reason })
    restPausedUntil.set(sdkAppId, performance.now() + pauseMs)
  })
  bus.on('loop:held', () => loopHeld.add({}))
  bus.on('history:shortened', ({ refused, finished, faults: ofFaults }) => {
    undelivered.add({ kind: 'refused' }, refused)
    undelivered.add({ kind: 'finished' }, finished)
    undelivered.add({ kind: 'faults' }, ofFaults)
  })
  bus.on('store:full', () => void (isFull = true))
  bus.on('store:room', () => void (isFull = false))

  requests.add({ status: 503, reason: 'store' }, 0)
  requests.add({ status: 401, reason: 'RequestTime' }, 0)
  return (plugins) => {
    for (const plugin of plugins) dead.add({ plugin }, 0)
    return families()
  }

  function families(): Family[] {
    return [
      ...[requests, failures, onFailure, deadline, retries, dead, suspects, resends, faults].map((tally) =>
        tally.family(),
      ),
      ...[restCalls, restPauses, loopHeld, undelivered].map((tally) => tally.family()),
      family(
        'gauge',
        'timhook_rest_paused',
        'Whether the REST calls of an app are paused.',
        [...restPausedUntil].map(([app, until]) => [{ app }, until > performance.now() ? 1 : 0]),
        'max',
      ),
      family(
        'gauge',
        'timhook_clock_skew_seconds',
        'RequestTime of the last callback refused for it, behind our clock; negative: ahead.',
        [[{}, skew]],
        'max',
      ),
      family('gauge', 'timhook_store_full', 'Whether the disk of the store is full.', [[{}, isFull ? 1 : 0]], 'max'),
    ]
  }
}

function reasonOf(sentence: string): string {
  if (sentence.startsWith(NOT_STORED)) return 'store'
  const word = /^[A-Za-z-]+/.exec(sentence)?.[0] ?? ''
  return REASONS.has(word) ? word : 'other'
}

function knownOf(command: string): string {
  return commands.has(command) ? command : UNKNOWN
}
