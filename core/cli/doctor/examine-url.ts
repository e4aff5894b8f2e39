import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { Config } from '../../../config/schema/schema.ts'
import { sign } from '../../http/request/signature.ts'
import { trustOnly } from '../../lib/net/certificates.ts'
import { connectionFault, isLoopback, isUntrusted } from '../../lib/net/host.ts'
import { ask, isEnvelope } from './ask.ts'
import { advice, fault, type Finding, fine } from './finding.ts'

const TIMEOUT_MS = 10_000
/** Of the 2 s that Tencent waits, plugins have up to deadlineMs. */
const SLOW_MS = 500
const PRIVATE =
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|\[?f[cd])/i
const ANY_COMMAND = 'State.StateChange'

/** Examines the URL that is set in the console: its form, whether timhook answers there, and whether the tokens match. */
export async function examineUrl(text: string, config: Config): Promise<Finding[]> {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) return [fault(`--url: expected http:// or https://, got ${text}`)]
  const findings = examineForm(url, config)
  const shown = `${url.origin}${url.pathname}`
  let tls: ConnectionOptions | undefined
  let checked = await post(url, {}, '{}', tls)
  const wrong = 'code' in checked ? certificateFault(checked.code) : undefined
  if (wrong !== undefined) {
    const text = `the certificate of ${url.host} ${wrong}: Tencent accepts only that of a public authority, with its intermediates`
    findings.push(fault(text))
    if (!config.server.tls) return findings
    // A signed request must only go to the server of the config.
    tls = trustOnly(readFileSync(config.server.tls.cert, 'utf8'))
    checked = await post(url, {}, '{}', tls)
    if ('code' in checked && certificateFault(checked.code) !== undefined) return findings
  }
  if ('code' in checked)
    return [...findings, fault(`${shown} cannot be reached from here: ${unreachable(checked.code)}`)]
  const { status, ms } = checked
  if (!isEnvelope(checked))
    return [...findings, fault(`${shown} answered ${status}, and it was not timhook: ${hintOf(status)}`)]
  if (status !== 200) return [...findings, fault(`${shown} answered ${status}: ${hintOf(status)}`)]
  const took = `answered the check of the console in ${Math.round(ms)} ms`
  findings.push(ms > SLOW_MS ? advice(`${shown} ${took}: Tencent waits for 2 s in all`) : fine(`${shown} ${took}`))
  for (const app of config.apps) if (app.tokens.length > 0) findings.push(await examineTokens(url, app, tls))
  return findings
}

function examineForm({ protocol, hostname, search, hash, pathname }: URL, { server }: Config): Finding[] {
  const findings: Finding[] = []
  if (protocol === 'http:')
    findings.push(advice('the URL is http: anyone on the way can read and change callbacks; use https'))
  if (isLoopback(hostname) || (isIP(hostname) !== 0 && PRIVATE.test(hostname))) {
    findings.push(fault(`Tencent cannot reach ${hostname}, which is not a public address`))
  }
  if (hostname.includes('_')) findings.push(fault(`${hostname}: Tencent accepts no _ in a name`))
  if (hash !== '')
    findings.push(fault('the URL has a #, after which nothing is sent: no callback would have its command'))
  if (search !== '') findings.push(advice('the URL already has a query, which Tencent does not document'))
  if (![server.path].flat().includes(pathname)) {
    findings.push(
      advice(`the path ${pathname} is not server.path (${[server.path].flat().join(', ')}): a proxy has to rewrite it`),
    )
  }
  return findings
}

/** An empty body is refused after the check of the signature, so nothing is dispatched: 400 means a right signature. */
async function examineTokens(
  url: URL,
  { sdkAppId, tokens }: Config['apps'][number],
  tls: ConnectionOptions | undefined,
): Promise<Finding> {
  const statusOf = async (token: string): Promise<number> => {
    const RequestTime = `${Math.floor(Date.now() / 1000)}`
    const query = { SdkAppid: `${sdkAppId}`, CallbackCommand: ANY_COMMAND, Sign: sign(token, RequestTime), RequestTime }
    const answer = await post(url, query, '', tls)
    return 'code' in answer ? 0 : answer.status
  }
  const statuses = await Promise.all(tokens.map(statusOf))
  const isRight = statuses.every((status) => status === 400) && (await statusOf(`${tokens[0]} wrong`)) === 401
  if (isRight) return fine(`the server there accepts the tokens of app ${sdkAppId}, and no others`)
  const [status = 0] = statuses.filter((one) => one !== 400)
  return fault(
    `the server there does not check signatures of app ${sdkAppId} as this config does (${status}): ${hintOf(status)}`,
  )
}

function hintOf(status: number): string {
  if (status === 401) return 'it has other tokens, or its clock is off; after a change it needs a reload'
  if (status === 403) return 'it does not know the SdkAppid'
  if (status === 404 || status === 405) return 'the path is not server.path, or the proxy serves another site there'
  if (status >= 300 && status < 400) return 'it redirects, which Tencent does not document to follow'
  if (status >= 502 && status <= 504) return 'the proxy answers, but timhook behind it does not'
  return 'something other than this config answers there'
}

/** Sends what the console sends. Returns the answer, or why there is none. */
function post(
  url: URL,
  query: Readonly<Record<string, string>>,
  body: string,
  tls: ConnectionOptions | undefined,
): ReturnType<typeof ask> {
  const target = new URL(url)
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value)
  return ask(target, { body, tls, timeoutMs: TIMEOUT_MS })
}

function unreachable(code: string): string {
  return code === 'TIMEOUT' ? `no answer within ${TIMEOUT_MS / 1000} s` : connectionFault(code)
}

/** What is wrong with the served certificate, if that is why the connection failed. */
function certificateFault(code: string): string | undefined {
  if (code === 'DEPTH_ZERO_SELF_SIGNED_CERT') return 'is self-signed'
  if (code === 'CERT_HAS_EXPIRED') return 'has expired'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'is for another name'
  return isUntrusted(code)
    ? `is not of an authority that is known here, or comes without intermediates (${code})`
    : undefined
}
