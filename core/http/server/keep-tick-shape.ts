import { executionAsyncResource } from 'node:async_hooks'

let tickObject: object | undefined

/**
 * Keeps one of the objects that `process.nextTick` makes, half a dozen for each request. A collection of garbage that finds
 * none of them, as after some seconds without a request, throws away what V8 knows of their shape; Node then makes them
 * in five times the time for as long as the process lives, and a request takes a sixth longer.
 */
export function keepTickShape(): void {
  if (!tickObject) process.nextTick(() => (tickObject = executionAsyncResource()))
}
