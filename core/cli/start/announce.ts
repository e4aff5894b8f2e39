import { type Prepared, warningsOf } from '../../runtime.ts'
import type { Logger } from '../../observe/log.ts'
import type { TimhookServer } from '../../server.ts'
import { ownCommand, quoted } from './own-command.ts'
import type { StartOptions } from './prepare-start.ts'

/** The facts about a listening server. */
export interface Announced {
  readonly url: string
  readonly adminUrl: string | undefined
  readonly plugins: readonly { readonly id: string; readonly handles: readonly string[] }[]
}

export function announcedOf({ url, adminUrl, running }: TimhookServer): Announced {
  const plugins = running.registry.plugins.map(({ id, handlers }) => ({ id, handles: [...handlers.keys()] }))
  return { url, adminUrl, plugins }
}

/** Prints the addresses, the handlers, and a command to try. */
export function announce(
  prepared: Prepared,
  { url, adminUrl, plugins }: Announced,
  { log, options }: { log: Logger; options: StartOptions },
): void {
  for (const warning of warningsOf(prepared)) log.warn(warning)
  for (const { id, handles } of plugins) {
    log.info({ plugin: id, handles }, `plugin ${id} handles ${handles.join(', ')}`)
  }
  if (adminUrl !== undefined) log.info({ url: adminUrl }, `health on ${adminUrl}healthz and ${adminUrl}readyz`)
  log.info({ url }, `listening on ${url}`)
  // Only a person can try the command.
  if (process.stdout.isTTY) log.info(`try: ${triggerCommand(url, options)}`)
}

/** Returns a trigger command for this server: with the same config, and a URL if options have changed the address. */
export function triggerCommand(url: string, { config, host, port }: StartOptions): string {
  const toConfig = config === undefined ? '' : ` --config ${quoted(config)}`
  const local = url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
  const toUrl = host === undefined && port === undefined ? '' : ` --url ${quoted(local)}`
  return `${ownCommand()} trigger Group.CallbackAfterGroupFull${toConfig}${toUrl}`
}
