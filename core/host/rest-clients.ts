import type { Config } from '../../config/schema/schema.ts'
import type { Bus } from '../observe/bus.ts'
import { traceCall, traceHeaders } from '../observe/tracing.ts'
import { createRestClient } from '../rest/client/create-client.ts'
import type { Observer } from '../rest/client/observer.ts'
import { restNotConfigured, type Rest } from '../rest/calls/rest.ts'
import { restSettings } from '../rest/client/settings.ts'

/** Creates a client for each app of the config. Clients emit on `bus`, and aborting the signal ends their calls. */
export function createRestClients(apps: Config['apps'], bus: Bus, signal: AbortSignal): (sdkAppId: number) => Rest {
  const observer: Observer = {
    called: (event) => bus.emit('rest:called', event),
    paused: (event) => bus.emit('rest:paused', event),
    trace: traceCall,
    headers: traceHeaders,
  }
  const clients = new Map(
    apps.flatMap(({ sdkAppId, rest }): [number, Rest][] => {
      const id = Number(sdkAppId)
      return rest ? [[id, createRestClient(restSettings(id, rest), { observer, signal })]] : []
    }),
  )
  return (sdkAppId) => clients.get(sdkAppId) ?? restNotConfigured(sdkAppId)
}
