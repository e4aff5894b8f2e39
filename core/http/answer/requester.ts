import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { Origin } from '../../callback/callback.ts'
import { newId } from '../../lib/id.ts'
import { withinNetworks } from '../../lib/net/networks.ts'
import { commands } from '../../protocol/commands.ts'

const SDK_APP_ID = /^[0-9]{1,12}$/
const COMMAND = /^[A-Za-z0-9]{1,32}\.[A-Za-z0-9_]{1,64}$/
/** Other values are invalid in a header, or would make it too long. */
const REQUEST_ID = /^[\w.:-]{1,128}$/

/** Who sent a refused request, for the log. Except for the address, the client chooses all of it. */
export interface Requester {
  readonly sdkAppId?: number
  readonly command?: string
  readonly address?: string
  /** `RequestID` of the URL, or else an id that we make. The answer carries it as `x-request-id`. */
  readonly requestId: string
}

/** The proxies whose `X-Forwarded-For` is trusted: how many there are, or their addresses. */
export type TrustedProxies = number | ((address: string) => boolean)

/** The meaning of `server.trustProxy`. */
export function trustedProxies(trustProxy: boolean | number | readonly string[]): TrustedProxies {
  return typeof trustProxy === 'object' ? withinNetworks(trustProxy) : Number(trustProxy)
}

/** Identifies the sender of a request. */
export function requesterOf({ url = '', headers, socket }: IncomingMessage, proxies: TrustedProxies): Requester {
  const parameters = parametersOf(url)
  const sdkAppId = parameters.get('sdkappid')
  const command = parameters.get('callbackcommand')
  const requestId = parameters.get('requestid')
  return {
    ...(sdkAppId !== undefined && SDK_APP_ID.test(sdkAppId) && { sdkAppId: Number(sdkAppId) }),
    ...(command !== undefined && { command: commandOf(command) }),
    ...addressOf(socket.remoteAddress, headers['x-forwarded-for'], proxies),
    requestId: requestId !== undefined && REQUEST_ID.test(requestId) ? requestId : newId(),
  }
}

/** Identifies the sender of bytes that are not a request. */
export function senderOf(socket: { readonly remoteAddress?: string | undefined }): Requester {
  return { ...addressOf(socket.remoteAddress, undefined, 0), requestId: newId() }
}

/** Reads the parameters of a URL by lower-case name. The first value of each counts. */
function parametersOf(url: string): Map<string, string> {
  const found = new Map<string, string>()
  const mark = url.indexOf('?')
  if (mark === -1) return found
  for (const [name, value] of new URLSearchParams(url.slice(mark + 1))) {
    const key = name.toLowerCase()
    if (!found.has(key)) found.set(key, value)
  }
  return found
}

/** Returns the value only if it looks like a command: anything else may be a secret in the wrong parameter. */
function commandOf(text: string): string {
  return commands.get(text)?.command ?? (COMMAND.test(text) ? text : 'unknown')
}

/** Where a request came from: its address as in `requesterOf`, and the trace that it belongs to. */
export function originOf({ socket, headers }: IncomingMessage, proxies: TrustedProxies): Origin {
  const { traceparent } = headers
  const forwarded = proxies === 0 ? undefined : headers['x-forwarded-for']
  const peer =
    forwarded === undefined ? socket.remoteAddress : addressOf(socket.remoteAddress, forwarded, proxies).address
  return { peer, traceparent: typeof traceparent === 'string' ? traceparent : undefined }
}

/** The address of the client of a request; undefined if a Unix socket or a proxy does not report it. */
export function clientAddress({ socket, headers }: IncomingMessage, proxies: TrustedProxies): string | undefined {
  return addressOf(socket.remoteAddress, headers['x-forwarded-for'], proxies).address
}

function addressOf(
  remote: string | undefined,
  forwarded: string | string[] | undefined,
  proxies: TrustedProxies,
): { address?: string } {
  const hops = proxies !== 0 && forwarded !== undefined ? String(forwarded).split(',') : []
  // Each proxy appends the address of its client. Anything further left came from the client of the first proxy and
  // cannot be trusted.
  const address =
    typeof proxies === 'number'
      ? (validAddress(hops.at(-Math.min(proxies, hops.length))) ?? remote)
      : lastUntrusted([...hops, ...(remote === undefined ? [] : [remote])], proxies)
  return address === undefined ? {} : { address }
}

/** The last address that is not a proxy of ours. If there is none, or it is not an address, that of the proxy itself. */
function lastUntrusted(hops: readonly string[], isProxy: (address: string) => boolean): string | undefined {
  let last: string | undefined
  for (const hop of hops.toReversed()) {
    const address = validAddress(hop)
    if (address === undefined) return last
    last = address
    if (!isProxy(address)) return last
  }
  return last
}

function validAddress(text: string | undefined): string | undefined {
  const address = text?.trim()
  return address !== undefined && isIP(address) !== 0 ? address : undefined
}
