import { createRest, type Rest } from '../../rest/calls/rest.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { Server } from './server.ts'

/** The REST clients of the apps, which the server has: it knows their keys, and keeps their pace. */
export function createRemoteRest(server: Server): (sdkAppId: number) => Rest {
  return (sdkAppId) =>
    createRest(async (service, command, body = {}, { signal, timeoutMs, attempts, repeatable } = {}) => {
      const asked = {
        what: 'rest' as const,
        sdkAppId,
        service,
        command,
        json: JSON.stringify(body),
        ...(timeoutMs !== undefined && { timeoutMs }),
        ...(attempts !== undefined && { attempts }),
        ...(repeatable !== undefined && { repeatable }),
      }
      return server.ask<JsonObject>(asked, signal)
    })
}
