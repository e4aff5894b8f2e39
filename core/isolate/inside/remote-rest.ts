import { createRest, type Rest } from '../../rest/calls/rest.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { Server } from './server.ts'

/** Stands for the REST clients of the apps. The server has the real ones: it knows the keys and keeps the pace. */
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
