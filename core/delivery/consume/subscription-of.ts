import type { Called } from '../../host/context.ts'
import type { Registry, Subscription } from '../../registry.ts'

/** The plugin's handler for a stored callback; undefined where the plugin has none for it any more. */
export function subscriptionOf(
  registry: Registry,
  plugin: string,
  { sdkAppId, command }: Pick<Called, 'sdkAppId' | 'command'>,
): Subscription | undefined {
  const route = registry.route(sdkAppId, command)
  return route.phase === 'after'
    ? route.subscriptions.find((subscription) => subscription.plugin.id === plugin)
    : undefined
}

/**
 * The longest that a retry of the plugin waits, in milliseconds. What is due later than that from now on was noted by a
 * clock that has been set back since, and is due.
 */
export function longestDelayOf(registry: Registry, plugin: string): number {
  const handlers = registry.plugins.find(({ id }) => id === plugin)?.handlers.values() ?? []
  return Math.max(0, ...[...handlers].map(({ retry }) => retry.maxMs))
}
