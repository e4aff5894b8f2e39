import { executionAsyncResource } from 'node:async_hooks'

let tickObject: object | undefined

/**
 * Keeps one `process.nextTick` object alive; each request makes half a dozen of them. If a garbage collection finds
 * none, for example after some idle seconds, V8 drops the hidden class. Node then takes five times as long to make them
 * for the rest of the process, and a request takes a sixth longer.
 */
export function keepTickShape(): void {
  if (!tickObject) process.nextTick(() => (tickObject = executionAsyncResource()))
}
