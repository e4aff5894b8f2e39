import { isObject } from '../lib/json.ts'
import type { Bus, BusEvents } from '../observe/bus.ts'
import type { ObserverContext, Plugin } from '../plugin.ts'

const METRIC = /^[a-z][a-z0-9_]*$/
const LABEL = /^[a-z][a-z0-9_]*$/
const EVENT = /^[a-z][a-z-]*:[a-z]+$|^plugin:.+:.+$/

/** The event that carries all that a plugin emits, with its name. */
export function allOf(id: string): `plugin:${string}` {
  return `plugin:${id}:*`
}

/** The event that carries all that any plugin emits. */
export const EVERY = 'plugin:*:*'

/** Returns what is wrong with a plugin's `observe`. */
export function observersFault(observers: unknown): string | undefined {
  if (observers === undefined) return undefined
  if (!isObject(observers)) return 'observe: expected an object of functions, by event'
  for (const [name, observer] of Object.entries(observers)) {
    if (typeof observer !== 'function') return `observe[${JSON.stringify(name)}]: expected a function`
    if (!EVENT.test(name)) return `observe[${JSON.stringify(name)}]: expected an event, such as callback:dead`
  }
  return undefined
}

/** Returns what is wrong with a plugin's `metrics`. */
export function metricsFault(metrics: unknown): string | undefined {
  if (metrics === undefined) return undefined
  if (!isObject(metrics)) return 'metrics: expected an object of metrics, by name'
  for (const [name, metric] of Object.entries(metrics)) {
    if (!METRIC.test(name)) return `metrics: "${name}" is not a valid name of a metric, such as blocked`
    if (!isObject(metric) || metric['type'] !== 'counter' || typeof metric['help'] !== 'string')
      return `metrics.${name}: expected { type: 'counter', help, labels }`
    const { labels = {} } = metric
    if (!isObject(labels)) return `metrics.${name}: labels: expected the values of each label`
    for (const [label, values] of Object.entries(labels)) {
      if (!LABEL.test(label)) return `metrics.${name}: "${label}" is not a valid name of a label, such as level`
      if (!Array.isArray(values) || values.length === 0 || !values.every((value) => typeof value === 'string'))
        return `metrics.${name}: label ${label}: expected a list of its values, all texts`
    }
  }
  return undefined
}

/** Connects a plugin's observers to the bus. Returns a function that disconnects them. */
export function observe(
  { observe: observers = {} }: Plugin,
  id: string,
  bus: Bus,
  context: Omit<ObserverContext, 'name'>,
): () => void {
  const stops = Object.entries(observers).map(([name, observer]) => {
    const call = observer as (event: unknown, context: ObserverContext) => unknown
    const listener = (event: unknown): unknown => {
      if (!name.endsWith(':*')) return call(event, { ...context, name })
      const one = event as { name: string; data: unknown }
      return call(one.data, { ...context, name: one.name })
    }
    return bus.on(name as keyof BusEvents, listener, id)
  })
  return () => {
    for (const stop of stops) stop()
  }
}
