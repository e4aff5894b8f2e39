import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

export const BIN = resolve('dist/core/cli/main.js')

/** Starts the server of a folder, and resolves with its URL and what stops it. */
export async function startServer(folder: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [BIN, 'start'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await new Promise<string>((found, failed) => {
    child.once('exit', (code) => failed(new Error(`the server ended with ${code}`)))
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { msg } = JSON.parse(line) as { msg: unknown }
      if (String(msg).startsWith('listening on ')) found(String(msg).replace('listening on ', ''))
    })
  })
  return {
    url,
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** Runs a command in a folder, and shows what it prints. */
export async function timhook(folder: string, ...args: string[]): Promise<void> {
  process.stdout.write(`\n$ timhook ${args.join(' ')}\n`)
  await once(spawn(process.execPath, [BIN, ...args], { cwd: folder, stdio: 'inherit' }), 'exit')
}

/** Runs a command in a folder, and resolves with what it prints. */
export async function printed(folder: string, ...args: string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [BIN, ...args], { cwd: folder })).stdout
}
