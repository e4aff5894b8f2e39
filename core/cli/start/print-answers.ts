import type { Bus } from '../../observe/bus.ts'
import { escapeControls } from '../output/terminal-escape.ts'

/** Prints one line for every answer, for a person who writes a plugin. */
export function printAnswers(bus: Bus): void {
  bus.on('callback:answered', ({ command, outcome, code, failed, durationMs }) =>
    line(`${command} ${outcome} ${code}${failed ? ', a handler failed' : ''} (${durationMs.toFixed(1)} ms)`),
  )
  bus.on('callback:rejected', ({ command = 'a request', status, reason }) => line(`${command} ${status} ${reason}`))
}

function line(text: string): void {
  process.stdout.write(`> ${escapeControls(text)}\n`)
}
