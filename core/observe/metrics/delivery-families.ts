import type { DeliveryStats, PluginStats } from '../../delivery/delivery.ts'
import { family, type Family } from './family.ts'

/** The families of the store and its backlog. Several processes on one store may all see the same callbacks. */
export function deliveryFamilies({ plugins, storeBytes, diskFreeBytes, reserveBytes }: DeliveryStats): Family[] {
  const now = Date.now()
  /** Undefined if the engine does not know. */
  const age = ({ backlog, oldestAt }: PluginStats): number | undefined => {
    if (oldestAt !== undefined) return Math.max(0, now - oldestAt) / 1000
    return backlog === 0 ? 0 : undefined
  }
  return [
    family(
      'gauge',
      'timhook_backlog',
      'Callbacks that a plugin has not finished.',
      plugins.map(({ plugin, backlog }) => [{ plugin }, backlog]),
      'max',
    ),
    family(
      'gauge',
      'timhook_backlog_oldest_age_seconds',
      'Age of the oldest callback that a plugin has not finished.',
      plugins.map((one) => [{ plugin: one.plugin }, age(one)]),
      'max',
    ),
    family(
      'gauge',
      'timhook_plugin_held',
      'Whether a plugin is on hold, so that its after-callbacks wait.',
      plugins.map(({ plugin, held }) => [{ plugin }, held ? 1 : 0]),
      'max',
    ),
    family('gauge', 'timhook_store_bytes', 'Size of the store.', [[{}, storeBytes]], 'max'),
    family('gauge', 'timhook_disk_free_bytes', 'Free space on the disk of the store.', [[{}, diskFreeBytes]], 'min'),
    family('gauge', 'timhook_store_reserve_bytes', 'Space set aside for a full disk.', [[{}, reserveBytes]], 'min'),
  ]
}
