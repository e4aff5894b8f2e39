import { randomBytes } from 'node:crypto'

/** The header that lists the servers that have passed a callback on, and the parameter under which it is stored. */
export const HOPS = 'timhook-hops'
/** Names this server in a worker's environment, so that all workers of one server have one name. */
export const INSTANCE_VARIABLE = 'TIMHOOK_INSTANCE'
const MAX_HOPS = 5
/** No real list is longer than this. */
const MAX_LENGTH = 1000
const INSTANCE = /^[\w.-]{1,64}$/

/** Names a server. All workers of one have the same name. */
export function instanceName(): string {
  const given = process.env[INSTANCE_VARIABLE] ?? ''
  return INSTANCE.test(given) ? given : randomBytes(8).toString('hex')
}

/** The servers in a header, in order. Leaves out what is not the name of a server. */
function serversOf(hops: string): string[] {
  return hops
    .slice(0, MAX_LENGTH)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => INSTANCE.test(name))
}

/**
 * Returns the plain form of the header, or why the server `instance` refuses a request with it: it has been
 * here before, or has passed more servers than anybody would chain.
 */
export function checkHops(
  header: string,
  instance: string,
): { readonly fault: string } | { readonly fault?: undefined; readonly hops: string } {
  const servers = serversOf(header)
  if (servers.includes(instance)) return { fault: `${HOPS}: a loop: this callback has been here before` }
  if (servers.length > MAX_HOPS)
    return { fault: `${HOPS}: a loop: expected at most ${MAX_HOPS} servers, got ${servers.length}` }
  return { hops: servers.join(',') }
}

/** The header of a request with which `instance` passes on a callback that came with `hops`, if any. */
export function hopsOnward(hops: string | undefined, instance: string): string {
  return hops === undefined ? instance : [...serversOf(hops), instance].join(',')
}

/** Whether an answer is from a server that has found a loop. */
export function isLoopAnswer(reason: string): boolean {
  return reason.startsWith(`${HOPS}: a loop`)
}
