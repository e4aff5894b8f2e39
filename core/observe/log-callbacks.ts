import { commands } from '../protocol/commands.ts'
import type { Bus, BusEvents } from './bus.ts'
import { linesOf, type Logger } from './log.ts'

/** Which callbacks are logged. */
export interface CallbackLines {
  /** `failed`: those for which a handler failed. */
  readonly callbacks: 'all' | 'failed' | 'none'
  /** The share of the others that is logged, from 0 to 1. */
  readonly sample: number
}

type Answered = BusEvents['callback:answered']
type WriteLine = (event: Answered) => void

/** Logs one line per callback at level info. */
export function logCallbacks(bus: Bus, log: Logger, { callbacks, sample }: CallbackLines): void {
  if (callbacks === 'none' || !log.isLevelEnabled('info')) return
  const write = writerOf(log)
  let due = 0
  bus.on('callback:answered', (event) => {
    if (!event.failed) {
      if (callbacks === 'failed') return
      due += sample
      if (due < 1) return
      due -= 1
    }
    write(event)
  })
}

/**
 * Lines of known commands contain nothing that a stranger chose, so they need no masking or escaping, and are written
 * several at once, in a fraction of the time that pino takes (the bench's section `metrics`).
 */
function writerOf(log: Logger): WriteLine {
  const usual: WriteLine = (event) => log.info(event, `answered: ${event.outcome}`)
  const lines = linesOf(log)
  if (!lines) return usual
  const bindings = JSON.stringify(log.bindings()).slice(1, -1)
  const start = bindings === '' ? '' : `,${bindings}`
  return (event) => {
    if (commands.has(event.command)) lines.add(lineOf(event, start))
    else usual(event)
  }
}

let timeText = ''
let timeMs = 0

function lineOf(
  { id, sdkAppId, command, phase, outcome, code, failed, durationMs, bytes, peer }: Answered,
  bindings: string,
): string {
  const now = Date.now()
  if (now !== timeMs) {
    timeMs = now
    timeText = new Date(now).toISOString()
  }
  const from = peer === undefined ? '' : `,"peer":"${peer}"`
  const about = `"id":"${id}","sdkAppId":${sdkAppId},"command":"${command}","phase":"${phase}"`
  const result = `"outcome":"${outcome}","code":${code},"failed":${failed},"durationMs":${durationMs.toFixed(1)}`
  return `{"level":"info","time":"${timeText}"${bindings},${about},${result},"bytes":${bytes}${from},"msg":"answered: ${outcome}"}\n`
}
