import { SingleBar } from 'cli-progress'
import type { Config } from '../../../config/schema/schema.ts'
import { TimhookError } from '../../errors.ts'
import { readValidConfig } from '../input/config.ts'
import { samplesOf } from '../trigger/sample.ts'
import { send, type Sent } from '../trigger/send.ts'
import { targetOf } from '../trigger/target.ts'

export interface TriggerOptions {
  config?: string
  url?: string
  cacert?: string
  cert?: string
  key?: string
  app?: number
  set?: string[]
  raw?: string
  seed?: number
  count: number
  concurrency: number
  yes?: boolean
  json?: boolean
}

/**
 * `timhook trigger COMMAND`: sends sample callbacks for the command or pattern, signed with the app's first token. Fails
 * unless every answer is OK.
 */
export async function trigger(command: string, options: TriggerOptions): Promise<void> {
  const samples = await samplesOf(command, options)
  const total = options.count * samples.length
  const config = await readValidConfig(options.config)
  const target = targetOf(config, options)
  const app = appOf(config, options.app)
  const [token] = app.tokens
  const bar = new SingleBar({ format: '{bar} {value}/{total}', noTTYOutput: false, stream: process.stderr })
  if (total > 1) bar.start(total, 0)
  const sent: Sent[] = []
  let next = 0
  const sender = async (): Promise<void> => {
    while (next < total) {
      const n = next++
      const sample = samples[n % samples.length]
      if (!sample) return
      sent.push(await send(target, { sdkAppId: app.sdkAppId, command: sample.command, token, body: sample.make(n) }))
      bar.update(sent.length)
    }
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: Math.min(options.concurrency, total) }, sender))
  bar.stop()
  report(sent, performance.now() - startedAt, options.json ?? false)
  const failed = sent.filter(({ ok }) => !ok)
  if (failed.length > 0) {
    const names = [...new Set(failed.map(({ command }) => command))].join(', ')
    const which = samples.length > 1 ? ` (${names})` : ''
    throw new TimhookError(
      'TRIGGER_FAILED',
      `${failed.length} of ${sent.length} were not answered OK by ${target.shown}${which}`,
      {
        hint: failed[0]?.status === 0 ? 'Is the server running? `timhook start` starts it.' : '',
      },
    )
  }
}

function appOf({ apps }: Config, wanted: number | undefined): Config['apps'][number] {
  const app = wanted === undefined ? apps[0] : apps.find(({ sdkAppId }) => Number(sdkAppId) === wanted)
  if (app) return app
  throw new TimhookError('USAGE', `app ${wanted} is not in the config`)
}

function report(sent: readonly Sent[], totalMs: number, json: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify(sent)}\n`)
  else if (sent.length === 1) {
    for (const { status, text, ms } of sent)
      process.stdout.write(`${status || 'failed'} ${text} (${ms.toFixed(1)} ms)\n`)
  } else {
    const times = sent.map(({ ms }) => ms).toSorted((a, b) => a - b)
    const at = (share: number): string => (times[Math.ceil(times.length * share) - 1] ?? 0).toFixed(1)
    const ok = sent.filter((result) => result.ok).length
    const rate = Math.round((sent.length / totalMs) * 1000)
    process.stdout.write(`${ok} of ${sent.length} OK, ${rate}/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms\n`)
  }
}
