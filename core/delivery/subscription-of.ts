import type { Called } from '../context.ts'
import type { Registry, Subscription } from '../registry.ts'

/** The plugin's handler for a stored callback; undefined where the plugin has none for it any more. */
export function subscriptionOf(
  registry: Registry,
  plugin: string,
  { sdkAppId, command }: Pick<Called, 'sdkAppId' | 'command'>,
): Subscription | undefined {
  const route = registry.route(sdkAppId, command)
  return route.phase === 'after' ? route.subscriptions.find((one) => one.plugin.id === plugin) : undefined
}
