import { pino, type DestinationStream } from 'pino'

/** Standard output: readable lines on a terminal, JSON lines in a pipe. */
export async function logDestination(): Promise<DestinationStream> {
  if (!process.stdout.isTTY) return pino.destination(1)
  const { default: pretty } = await import('pino-pretty')
  return pretty({ sync: true, translateTime: 'SYS:HH:MM:ssp', ignore: 'handles,url' })
}
