import { isObject, type JsonObject } from '../../lib/json.ts'
import { similarParameter } from './similar-parameter.ts'
import { separate } from './query-params.ts'

/** An event that cannot be dispatched because its URL has no CallbackCommand. */
export interface StrayEvent {
  /** What kind of event it seems to be, and where to send such events. */
  readonly reason: string
  /** The name in the URL or the body; may be empty. */
  readonly command: string
}

const REQUIRED = 'CallbackCommand: is required'
const CUT = 'see that nothing cuts the URL short, such as an unescaped #'
const OWN_URL = 'give these a separate URL'

/**
 * Distinguishes events from the console's check of the URL and other requests without a CallbackCommand.
 * First-generation call events use `command` (647/60129); TRTC events have no query at all (647/39558, 51586, 68331).
 */
export function strayEvent(querystring: string, body: JsonObject = {}): StrayEvent | undefined {
  const query = separate(querystring)
  const command = new URLSearchParams(query).get('command')
  const { CallbackCommand, Events, Event, EventGroupId, EventType } = body
  const near = similarParameter('CallbackCommand', query)
  if (command !== null) {
    const reason = `${REQUIRED}; the URL has command, as call events of the first generation have: ${OWN_URL}, or use those named Call.*`
    return { reason, command }
  }
  if (CallbackCommand !== undefined) {
    const named = typeof CallbackCommand === 'string' ? CallbackCommand : ''
    return { reason: `${REQUIRED} in the URL, as the body has it${near}: ${CUT}`, command: named }
  }
  if (Events !== undefined) {
    const [first] = Array.isArray(Events) ? (Events as unknown[]) : []
    const named = isObject(first) ? first['CallbackCommand'] : undefined
    const reason = `${REQUIRED} in the URL: the body is a batch of push events${near}: ${CUT}`
    return { reason, command: typeof named === 'string' ? named : '' }
  }
  if (EventGroupId !== undefined || EventType !== undefined) {
    return {
      reason: `${REQUIRED}; the body looks like an event of TRTC (EventGroupId, EventType): ${OWN_URL}`,
      command: '',
    }
  }
  if (Event !== undefined) {
    return {
      reason: `${REQUIRED}; the body looks like an event of calls or of the desk (Event)${near}: ${OWN_URL}`,
      command: '',
    }
  }
  return undefined
}
