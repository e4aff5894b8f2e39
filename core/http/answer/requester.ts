import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { newId } from '../../lib/id.ts'
import { commands } from '../../protocol/commands.ts'

const SDK_APP_ID = /^[0-9]{1,12}$/
const COMMAND = /^[A-Za-z0-9]{1,32}\.[A-Za-z0-9_]{1,64}$/
/** Others could not stand in a header as they are, or make a long line of it. */
const REQUEST_ID = /^[\w.:-]{1,128}$/

/** Who sent a request that is refused, for the log. All of it is what a stranger says, save for the address. */
export interface Requester {
  readonly sdkAppId?: number
  readonly command?: string
  readonly address?: string
  /** `RequestID` of the URL, else an id of ours. The answer has it as `x-request-id`. */
  readonly requestId: string
}

/**
 * Looks who sent a request.
 * @param proxies in front of us, which add to `X-Forwarded-For`
 */
export function requesterOf({ url = '', headers, socket }: IncomingMessage, proxies: number): Requester {
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

/** Who sent something that is no request. */
export function senderOf(socket: { readonly remoteAddress?: string | undefined }): Requester {
  return { ...addressOf(socket.remoteAddress, undefined, 0), requestId: newId() }
}

/** The values of a URL's parameters, the first of each, by their names in lower case. */
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

/** A command, or what looks like one: anything else that stands there may be a secret in the wrong place. */
function commandOf(text: string): string {
  return commands.get(text)?.command ?? (COMMAND.test(text) ? text : 'unknown')
}

function addressOf(
  remote: string | undefined,
  forwarded: string | string[] | undefined,
  proxies: number,
): { address?: string } {
  const hops = proxies > 0 && forwarded !== undefined ? String(forwarded).split(',') : []
  // Each proxy adds whom it was asked by; what stands further left was sent along by whoever asked the first one.
  const forwardedFor = hops.at(-Math.min(proxies, hops.length))?.trim()
  if (forwardedFor !== undefined && isIP(forwardedFor) !== 0) return { address: forwardedFor }
  return remote === undefined ? {} : { address: remote }
}
