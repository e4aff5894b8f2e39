import { pino, type DestinationStream } from 'pino'
import { printable } from '../output/terminal-escape.ts'

/** Standard output: readable lines on a terminal, JSON lines in a pipe. */
export async function logDestination(): Promise<DestinationStream> {
  return process.stdout.isTTY ? readableLog() : pino.destination(1)
}

/** Readable lines, of which no terminal obeys a word: texts show escapes in place of controls, line feeds too. */
export async function readableLog(destination: DestinationStream = pino.destination(1)): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty')
  const options = { sync: true, translateTime: 'SYS:HH:MM:ssp', ignore: 'handles,url' }
  const stream = pretty({ ...options, destination: destination as NodeJS.WritableStream & DestinationStream })
  return { write: (line) => void stream.write(`${JSON.stringify(JSON.parse(line), visible)}\n`) }
}

function visible(key: string, value: unknown): unknown {
  if (typeof value === 'string') return key === 'stack' ? framesOf(value) : printable(value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [printable(name), inner]))
}

/** The lines of a stack are real ones; what else is in it comes from a message. */
function framesOf(stack: string): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  return frames.map(printable).join('\n')
}
