import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { folderWith } from '../../test/harness/cli.ts'
import { APP, TOKEN } from '../load/callbacks.ts'
import { rssMb } from '../load/usage.ts'
import { OPEN_APP } from './attacks.ts'

// p99 shows late answers: good traffic must not be refused because the machine is busy.
const CONFIG = `
server: { port: 0, drainMs: 0, deadlineMs: 60000 }
admin: false
apps: [{ sdkAppId: ${APP}, tokens: ['${TOKEN}'] }, { sdkAppId: ${OPEN_APP}, unsigned: true }]
plugins: [{ use: ./loud.mjs }]
`

/** A plugin that logs and throws text from strangers. */
const PLUGIN = `
export default {
  name: 'loud',
  handlers: {
    'Group.CallbackBeforeSendMsg': ({ body, log }) => {
      const text = body.MsgBody[0].MsgContent.Text
      log.info({ text }, text)
      throw new Error(text)
    },
    '*': () => undefined,
  },
}
`
const SAMPLE_MS = 100

/** `timhook start`, in a separate process. */
export interface Target {
  readonly port: number
  /** Peak memory since the last call, in megabytes; NaN where it is unknown. */
  readonly peakMb: () => number
  /** How many bytes it has logged so far. */
  readonly logBytes: () => number
  readonly stop: () => Promise<void>
}

export async function startTarget(): Promise<Target> {
  const folder = await folderWith({ 'config/plugins.yaml': CONFIG, 'config/loud.mjs': PLUGIN })
  const args = [resolve('dist/core/cli/main.js'), 'start']
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  let bytes = 0
  child.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length))
  const lines = createInterface({ input: child.stdout })
  const url = await new Promise<string>((settle, fail) => {
    lines.on('line', (line) => {
      const { msg, url } = JSON.parse(line) as { msg: string; url?: string }
      if (url !== undefined && msg.startsWith('listening on')) settle(url)
    })
    void exited.then(([code]) => fail(new Error(`the server has ended with ${String(code)}`)))
  })
  const rss = (): number => rssMb(Number(child.pid)) ?? NaN
  let peak = rss()
  const sampling = setInterval(() => (peak = Math.max(peak, rss())), SAMPLE_MS)
  return {
    port: Number(new URL(url).port),
    peakMb: () => {
      const lastPeak = peak
      peak = rss()
      return lastPeak
    },
    logBytes: () => bytes,
    stop: async () => {
      clearInterval(sampling)
      child.kill('SIGKILL')
      await exited
    },
  }
}
