import type { About } from '../../callback/callback.ts'
import type { Registry, Subscription } from '../../registry.ts'

/** The handler of the plugin for a stored callback; undefined if it no longer has one. */
export function subscriptionOf(
  registry: Registry,
  plugin: string,
  { sdkAppId, command }: Pick<About, 'sdkAppId' | 'command'>,
): Subscription | undefined {
  const route = registry.route(sdkAppId, command)
  return route.phase === 'after'
    ? route.subscriptions.find((subscription) => subscription.plugin.id === plugin)
    : undefined
}

/**
 * The longest delay of a retry of the plugin, in milliseconds. A retry that is due later was written before the clock
 * was set back, and so is due now.
 */
export function longestDelayOf(registry: Registry, plugin: string): number {
  const handlers = registry.plugins.find(({ id }) => id === plugin)?.handlers.values() ?? []
  return Math.max(0, ...[...handlers].map(({ retry }) => retry.maxMs))
}
