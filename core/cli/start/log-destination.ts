import { pino, type DestinationStream } from 'pino'
import { escapeControls } from '../output/terminal-escape.ts'

/** Standard output: readable lines on a terminal, JSON lines in a pipe. */
export async function logDestination(): Promise<DestinationStream> {
  return process.stdout.isTTY ? readableLog() : pino.destination(1)
}

/** Readable lines. Control characters in texts are escaped, line feeds too, so that no text can control a terminal. */
export async function readableLog(destination: DestinationStream = pino.destination(1)): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty')
  const options = { sync: true, translateTime: 'SYS:HH:MM:ssp', ignore: 'handles,url' }
  const stream = pretty({ ...options, destination: destination as NodeJS.WritableStream & DestinationStream })
  return { write: (line) => void stream.write(`${JSON.stringify(JSON.parse(line), visible)}\n`) }
}

function visible(key: string, value: unknown): unknown {
  if (typeof value === 'string') return key === 'stack' ? framesOf(value) : escapeControls(value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [escapeControls(name), inner]))
}

/** Line feeds between the frames of a stack stay. Any other control character comes from a message. */
function framesOf(stack: string): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  return frames.map(escapeControls).join('\n')
}
