import { hash } from 'node:crypto'

/**
 * The header `traceparent` of W3C Trace Context for requests that a handler sends. All attempts of a callback are in one
 * trace, which is derived from its id.
 */
export function traceParentOf(id: string, plugin: string, attempt: number): string {
  const trace = hash('sha256', id, 'hex').slice(0, 32)
  const parent = hash('sha256', `${id} ${plugin} ${attempt}`, 'hex').slice(0, 16)
  return `00-${trace}-${parent}-00`
}
