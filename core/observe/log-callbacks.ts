import { symbols } from 'pino'
import { commands } from '../protocol/commands.ts'
import type { Bus, BusEvents } from './bus.ts'
import { isOwnLog, type Logger } from './log.ts'

/** Which callbacks have a line. */
export interface CallbackLines {
  /** `failed`: those of which a handler failed. */
  readonly callbacks: 'all' | 'failed' | 'none'
  /** The share of the others that is logged, from 0 to 1. */
  readonly sample: number
}

type Answered = BusEvents['callback:answered']
type WriteLine = (event: Answered) => void

/** Logs one line a callback at level info. */
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

/** What pino's own loggers have beside the public interface, and others do not. */
interface PinoInside {
  readonly [symbols.streamSym]?: { write(text: string): unknown; flushSync?: () => void }
  /** The bindings of a child logger, as JSON: `,"worker":1`. */
  readonly [symbols.chindingsSym]?: string
}

/**
 * Lines of known commands hold nothing that a stranger chose, so they need neither masking nor escaping, and those of one
 * tick are written at once: that is a fifth of what pino takes for them.
 */
function writerOf(log: Logger): WriteLine {
  const usual: WriteLine = (event) => log.info(event, `answered: ${event.outcome}`)
  const { [symbols.streamSym]: stream, [symbols.chindingsSym]: bindings = '' } = log as PinoInside
  // Only a file takes several lines in one text.
  if (!isOwnLog(log) || typeof stream?.flushSync !== 'function') return usual
  let pending = ''
  const flush = (): void => {
    const text = pending
    pending = ''
    if (text !== '') stream.write(text)
  }
  process.once('exit', flush)
  return (event) => {
    if (!commands.has(event.command)) return usual(event)
    if (pending === '') setImmediate(flush)
    pending += lineOf(event, bindings)
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
