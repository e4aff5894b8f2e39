import { relative } from 'node:path'
import { type Prepared, warningsOf } from '../compose.ts'
import type { Logger } from '../log.ts'
import type { TimhookServer } from '../server.ts'

/** What a server that listens has to tell. */
export interface Announced {
  readonly url: string
  readonly adminUrl: string | undefined
  readonly plugins: readonly { readonly id: string; readonly handles: readonly string[] }[]
}

export function announcedOf({ url, adminUrl, running }: TimhookServer): Announced {
  const plugins = running.registry.plugins.map(({ id, handlers }) => ({ id, handles: [...handlers.keys()] }))
  return { url, adminUrl, plugins }
}

/** What listens, what handles what, and what to try. */
export function announce(prepared: Prepared, { url, adminUrl, plugins }: Announced, log: Logger): void {
  for (const warning of warningsOf(prepared)) log.warn(warning)
  for (const { id, handles } of plugins) {
    log.info({ plugin: id, handles }, `plugin ${id} handles ${handles.join(', ')}`)
  }
  if (adminUrl !== undefined) log.info({ url: adminUrl }, `health on ${adminUrl}healthz and ${adminUrl}readyz`)
  log.info({ url }, `listening on ${url}`)
  log.info(`try: ${ownName()} trigger Group.CallbackAfterGroupFull`)
}

/** How this command was called: installed, npx finds it; in a clone of the project, npx would build first. */
function ownName(): string {
  const script = process.argv[1] ?? ''
  return /[\\/]node_modules[\\/]/.test(script) ? 'npx timhook' : `node ${relative(process.cwd(), script)}`
}
