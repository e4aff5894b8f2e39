import { readFileSync } from 'node:fs'
import type { Config } from '../../../config/schema/schema.ts'
import { isObject } from '../../lib/json.ts'
import { trustOnly } from '../../lib/net/certificates.ts'
import { isLoopback } from '../../lib/net/host.ts'
import { ask, isOtherCertificate } from './ask.ts'
import { advice, fault, type Finding, fine } from './finding.ts'

const TIMEOUT_MS = 5000
const EVERYWHERE = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '[::1]'],
])
const REFUSED = /^timhook_requests_total\{status="(\d+)",reason="([^"]*)"\} (\d+)/gm
const SKEW = /^timhook_clock_skew_seconds (-?[\d.e+-]+)/m
const ALLOWED_SKEW_SECONDS = 10

/** Asks the running server, through its admin listener, whether it is ready, what it refused, and whose clock is off. */
export async function examineServer({ admin }: Config): Promise<Finding[]> {
  if (admin === false) return [advice('admin is false: nobody can ask the server for its health, or for its metrics')]
  const { host, port, token, metrics, tls } = admin
  const findings: Finding[] = []
  if (!isLoopback(host) && metrics === 'open') findings.push(advice(`/metrics on ${host}:${port} is open to all`))
  const shown = EVERYWHERE.get(host) ?? (host.includes(':') ? `[${host}]` : host)
  const url = `${tls ? 'https' : 'http'}://${shown}:${port}`
  if (tls?.ca !== undefined) return [...findings, advice(`${url} wants a client certificate, so it was not asked`)]
  const asking = { tls: tls && trustOnly(readFileSync(tls.cert, 'utf8')), timeoutMs: TIMEOUT_MS }
  const ready = await ask(new URL(`${url}/readyz`), asking)
  if ('code' in ready && isOtherCertificate(ready.code))
    return [...findings, fault(`${url} does not serve the certificate in admin.tls.cert: reload it`)]
  if ('code' in ready) return [...findings, advice(`no server answers on ${url}, so it was not examined`)]
  const { checks, held } = parse(ready.text)
  const reasons = Object.entries(isObject(checks) ? checks : {}).filter(([, answer]) => answer !== 'ok')
  if (ready.status === 200) findings.push(fine('the server is ready'))
  for (const [check, reason] of reasons) findings.push(fault(`the server is not ready: ${check}: ${String(reason)}`))
  if (isObject(held)) for (const id of Object.keys(held)) findings.push(advice(`plugin ${id} is on hold`))
  const headers = { ...(token !== undefined && { Authorization: `Bearer ${token}` }) }
  const scraped = await ask(new URL(`${url}/metrics`), { ...asking, headers })
  if (!('code' in scraped) && scraped.status === 200) findings.push(...examineMetrics(scraped.text))
  return findings
}

function examineMetrics(text: string): Finding[] {
  const findings: Finding[] = []
  for (const [, status = '', reason = '', count] of text.matchAll(REFUSED)) {
    if (Number(count) > 0 && status in HINTS) {
      findings.push(advice(`${count} requests were answered ${status} (${reason}): ${HINTS[status] ?? ''}`))
    }
  }
  const skew = Number(SKEW.exec(text)?.[1] ?? 0)
  if (Math.abs(skew) > ALLOWED_SKEW_SECONDS) {
    findings.push(
      fault(
        `the clock of this machine is off: a signed request was ${Math.abs(Math.round(skew))} s ${skew > 0 ? 'behind' : 'ahead'}`,
      ),
    )
  }
  return findings
}

/** What a refusal says about the settings on both sides. */
const HINTS: Readonly<Record<string, string>> = {
  401: 'the token in the console is not one of `tokens`, or a clock is off',
  403: "the requests name another app's SdkAppid",
  404: 'the path in the console is not server.path',
  413: 'server.bodyLimit is too low, or these are not callbacks',
  503: 'the store did not keep up: see its disk',
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}
