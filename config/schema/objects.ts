/**
 * Replaces a faulty value, so that faults that follow from it are not reported as well.
 * A config with one is never returned.
 */
export const BROKEN: unique symbol = Symbol('faulty config value')

/** Whether a value contains no BROKEN. */
export function isWhole(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isWhole)
  return isPlainObject(value) ? Object.values(value).every(isWhole) : value !== BROKEN
}

/** Whether a value is an object literal: what a config file can hold, unlike an instance, a list or a function. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || isForeignObjectPrototype(prototype)
}

// An object from another realm (a test runner's vm, a worker's structured clone) has that realm's Object.prototype.
function isForeignObjectPrototype(prototype: unknown): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(Object(prototype), 'hasOwnProperty')
}

/** Sets a key as data, whatever its name: assigning to `__proto__` would change the prototype instead. */
export function setKey(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

/** An own key's value, or undefined: `constructor` is not found on an object that does not hold it. */
export function getKey(source: unknown, key: string | number): unknown {
  if (typeof source !== 'object' || source === null || !Object.hasOwn(source, key)) return undefined
  return (source as Record<string | number, unknown>)[key]
}

/** The value at a path, or undefined. */
export function getPath(source: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => getKey(value, key), source)
}
