import { readFileSync } from 'node:fs'
import type { Config } from '../../../config/schema/schema.ts'
import { certificatesOf, trustOnly } from '../../lib/net/certificates.ts'
import { isUntrusted } from '../../lib/net/host.ts'
import { unixTarget, urlOf } from '../trigger/target.ts'
import { ask, isEnvelope, isOtherCertificate } from './ask.ts'
import { advice, fault, type Finding, fine } from './finding.ts'

const TIMEOUT_MS = 5000

/**
 * Connects to the server of the config where it listens, as a proxy in front does: over HTTP, HTTPS or its Unix socket.
 * Sends what the check of the console sends, which dispatches nothing.
 */
export async function examineListener(config: Config): Promise<Finding[]> {
  const { host, port, tls } = config.server
  const shown = urlOf(config)
  const unix = unixTarget(shown)
  if (!unix && port === 0) return []
  if (tls?.ca !== undefined) {
    const text = `${shown} wants a client certificate, so it was not asked`
    return [...(await examineCertificate(tls.cert)), advice(text)]
  }
  const url = new URL(unix ? `http://localhost${unix.path}` : shown)
  const trust = tls && trustOnly(readFileSync(tls.cert, 'utf8'))
  const answer = await ask(url, { body: '{}', tls: trust, socket: unix?.socket, timeoutMs: TIMEOUT_MS })
  const findings = tls ? await examineCertificate(tls.cert, 'code' in answer ? undefined : url) : []
  if ('code' in answer) return [...findings, unanswered(shown, answer.code, unix ? host : undefined)]
  if (answer.status === 200 && isEnvelope(answer)) return [...findings, fine(`timhook answers on ${shown}`)]
  const why = answer.status === 403 ? 'server.allowFrom leaves this machine out' : 'it is not the server of this config'
  return [...findings, advice(`${shown} answered ${answer.status}: ${why}`)]
}

function unanswered(shown: string, code: string, socket: string | undefined): Finding {
  if (isOtherCertificate(code))
    return fault(
      `${shown} does not serve the certificate in server.tls.cert: reload it, or another server is running there`,
    )
  if (socket !== undefined && code === 'EACCES')
    return fault(`this user may not connect to ${socket}: see server.socketMode and the owner of its folder`)
  return advice(`no server answers on ${shown} (${code})`)
}

/**
 * Checks whether others trust it; the check of the config has done the rest.
 * @param url where it is served
 */
async function examineCertificate(file: string, url?: URL): Promise<Finding[]> {
  const takes = 'Tencent accepts only those of a public authority, unless your proxy has another one'
  const [own] = certificatesOf(readFileSync(file, 'utf8'))
  if (own?.checkIssued(own)) return [advice(`the certificate of server.tls is self-signed: ${takes}`)]
  if (!url) return []
  // By the authorities of this machine, under whatever name.
  const answer = await ask(url, { body: '{}', tls: { checkServerIdentity: () => undefined }, timeoutMs: TIMEOUT_MS })
  if (!('code' in answer) || !isUntrusted(answer.code)) return []
  const why = `its authority is private, or ${file} lacks the intermediates`
  return [advice(`the certificate of server.tls is not trusted here (${answer.code}): ${why}. ${takes}`)]
}
