import { readFile } from 'node:fs/promises'
import { TimhookError } from '../../errors.ts'
import { covers } from '../../registry.ts'
import { warnUnknown } from '../input/command-pattern.ts'
import { readValidConfig } from '../input/config.ts'
import { localUrl } from '../input/consent.ts'
import { abortOnSigint, exitOnClosedPipe, print, printProgress } from '../output/output.ts'
import { columns, jsonLine } from '../output/terminal-escape.ts'
import { localTime } from '../output/times.ts'
import { openAdminSource } from './admin-source.ts'
import { type Answered, send } from './send.ts'
import type { StoredEvent, Source } from './source.ts'
import { openStoreSource } from './store-source.ts'

export interface ListenOptions {
  config?: string
  to: string
  only?: string[]
  since?: number
  admin?: string
  tokenFile?: string
  signFile?: string
  yes?: boolean
  json?: boolean
}

/**
 * `timhook listen --to URL`: passes a server's after-callbacks to a program on this machine, one after another, until
 * Ctrl-C. What the program answers is printed, and changes nothing.
 */
export async function listen(options: ListenOptions): Promise<void> {
  exitOnClosedPipe()
  const { to, only = ['*'], since, signFile, yes = false, json = false } = options
  const url = localUrl('--to', to, yes)
  for (const pattern of only) if (pattern !== '*') warnUnknown(pattern)
  const token = signFile === undefined ? undefined : await tokenOf('--sign-file', signFile)
  const source = await openSource(options)
  const interrupted = abortOnSigint()
  const onAway = (why: string): void => printProgress(`${url.origin}: ${why}; waiting for it`)
  const isWanted = (command: string): boolean => only.some((pattern) => covers(pattern, command))
  const counts = { sent: 0, failed: 0 }
  try {
    if (process.stderr.isTTY)
      printProgress(
        `forwarding to ${url.origin}${since === undefined ? '' : ` since ${localTime(since)}`}; Ctrl-C stops it`,
      )
    for await (const event of source.callbacks({ since, isWanted }, interrupted)) {
      const answered = await send(event, { url, token, onAway }, interrupted)
      if (!answered) break
      counts.sent++
      if (answered.status < 200 || answered.status > 299) counts.failed++
      await print(json ? lineJson(event, answered) : lineText(event, answered))
    }
    if (process.stderr.isTTY) printProgress(`${counts.sent} forwarded, ${counts.failed} of them not accepted`)
  } finally {
    await source.close()
  }
}

async function openSource({ config, admin, tokenFile }: ListenOptions): Promise<Source> {
  if (admin !== undefined) {
    // Callbacks are read from it, and none are sent to it.
    const url = localUrl('--admin', admin, true)
    const token =
      tokenFile === undefined ? process.env['TIMHOOK_ADMIN_TOKEN'] : await tokenOf('--token-file', tokenFile)
    return openAdminSource(url, token || undefined)
  }
  if (tokenFile !== undefined)
    throw new TimhookError('USAGE', '--token-file: is the token of --admin, which is missing')
  return openStoreSource(await readValidConfig(config))
}

async function tokenOf(flag: string, file: string): Promise<string> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const { code } = error as { code?: string }
    throw new TimhookError('USAGE', `${flag} ${file}: cannot be read: ${code}`)
  }
  const token = text.trim()
  if (token === '') throw new TimhookError('USAGE', `${flag} ${file}: is empty`)
  return token
}

function lineText({ id, command, receivedAt }: StoredEvent, { status, ms }: Answered): string {
  const answer = status === 0 ? 'no answer' : String(status)
  return columns([localTime(receivedAt), command, id, answer, `${ms.toFixed(0)} ms`], [29, 34, 22, 9])
}

function lineJson({ id, command, receivedAt }: StoredEvent, { status, ms }: Answered): string {
  return jsonLine({ time: new Date(receivedAt).toISOString(), command, id, status, ms: Math.round(ms) })
}
