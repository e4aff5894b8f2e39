import { isLocal, isLoopback } from '../../core/lib/net/host.ts'
import type { Fault } from '../faults.ts'
import type { Config } from '../schema/schema.ts'

// Tencent waits 2 s for an answer (and then does what the console's failure policy says).
const TENCENT_WAITS_MS = 2000

/** Settings of a valid config that are probably mistakes. */
export function findWarnings(config: Config): Fault[] {
  const warnings: Fault[] = []
  if (config.server.deadlineMs >= TENCENT_WAITS_MS) {
    warnings.push({
      path: ['server', 'deadlineMs'],
      message: `Tencent waits ${TENCENT_WAITS_MS} ms only, so answers after that are lost; expected less`,
    })
  }
  const { allowFrom, trustProxy, host } = config.server
  if (allowFrom && trustProxy !== false && !Array.isArray(trustProxy) && !isLocal(host)) {
    warnings.push({
      path: ['server', 'trustProxy'],
      message:
        'whoever reaches server.host can name any address in X-Forwarded-For; expected the networks of the proxies',
    })
  }
  for (const [index, app] of config.apps.entries()) {
    if (!app.unsigned || isLocal(config.server.host) || config.server.allowFrom) continue
    warnings.push({
      path: ['apps', index, 'unsigned'],
      message: 'anyone who can reach server.host can send callbacks for this app; expected tokens, or a loopback host',
    })
  }
  for (const [index, { tokens, rest }] of config.apps.entries()) {
    const secrets = [
      ...tokens.map((token, item) => ({ path: ['tokens', item], text: token })),
      { path: ['rest', 'secretKey'], text: rest?.secretKey ?? '' },
    ]
    for (const { path } of secrets.filter(({ text }) => text !== text.trim())) {
      warnings.push({ path: ['apps', index, ...path], message: 'begins or ends with a blank; expected it without' })
    }
  }
  for (const [index, { rest }] of config.apps.entries()) {
    const host = /^http:\/\/(\[[^\]]*\]|[^/:]+)/i.exec(rest?.baseUrl ?? '')?.[1]
    if (host === undefined || isLoopback(host)) continue
    warnings.push({
      path: ['apps', index, 'rest', 'baseUrl'],
      message: 'anyone on the way can read the UserSig and act as the administrator; expected https',
    })
  }
  return warnings
}
