import { isObject, type JsonObject } from '../lib/json.ts'
import { foreignPlace, stackLines } from '../lib/stack.ts'

const SHORTEST = 3
/** A limit, because causes may form a cycle. */
const MAX_CAUSES = 5
/** The text of JSON.parse after a quoted part of its input. */
const NOT_JSON = ' is not valid JSON'
/**
 * Limits of the comparison between an error message and the texts of a body, which could otherwise block the event
 * loop.
 */
const LONGEST_MESSAGE = 16_384
const MAX_TEXTS = 1000
/** Number of stack lines. */
const MAX_FRAMES = 20

/** An error that is safe to log: without message texts, which libraries like to quote. */
export interface LoggableError {
  readonly name: string
  readonly code?: string
  readonly message: string
  /** The messages of its causes, nearest first. */
  readonly causes?: readonly string[]
  /** The first place in its stack or a cause's that is neither Node's nor timhook's: most likely a plugin's. */
  readonly at?: string
  /** The stack without the message. */
  readonly stack: string
}

/** Removes the texts of the callback's message from an error. `raw` is the body that was being handled. */
export function loggableError(error: unknown, raw?: string): LoggableError {
  if (!(error instanceof Error)) return { name: 'NotAnError', message: `threw ${typeof error}`, stack: '' }
  const body: unknown = raw === undefined ? undefined : JSON.parse(raw)
  const texts = isObject(body) ? messageTexts(body) : []
  const code = codeOf(error)
  const chain = causesOf(error)
  const causes = chain.map((cause) => redact(describeCause(cause), texts))
  const at = [error, ...chain].map(placeOfError).find((place) => place !== undefined)
  return {
    name: error.name,
    ...(code !== undefined && { code }),
    message: redact(messageOf(error), texts),
    ...(causes.length > 0 && { causes }),
    ...(at !== undefined && { at }),
    stack: stackLines(traceOf(error)).slice(0, MAX_FRAMES).join('\n'),
  }
}

/**
 * Describes an error with its causes and origin in one line. Only for errors without a callback, whose text they could
 * contain.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : loggableError(error).message
  const { message, causes = [], at } = loggableError(error)
  const because = causes.map((cause) => `; caused by ${cause}`).join('')
  return `${message || error.name}${because}${at === undefined ? '' : ` (at ${at})`}`
}

/** The message, and those of the causes. */
export function withCauses({ message, causes = [] }: Pick<LoggableError, 'message' | 'causes'>): string {
  return [message, ...causes].join('; caused by ')
}

function codeOf(error: Error): string | undefined {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}

function causesOf(error: Error): unknown[] {
  const causes: unknown[] = []
  let cause = error.cause
  while (cause !== undefined && cause !== null && causes.length < MAX_CAUSES && !causes.includes(cause)) {
    causes.push(cause)
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return causes
}

/** Code may throw anything. */
function messageOf({ message }: { readonly message: unknown }): string {
  return String(message)
}

function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) return typeof cause === 'string' ? cause : typeof cause
  const code = codeOf(cause)
  // Most of Node's own messages start with the code.
  const message = messageOf(cause)
  const known = code !== undefined && !message.includes(code) ? `${code}: ` : ''
  return `${cause.name}: ${known}${message}`
}

function placeOfError(error: unknown): string | undefined {
  return error instanceof Error ? foreignPlace(traceOf(error)) : undefined
}

/** Returns the lines of the stack. The message above them may look like stack lines, so it is removed as a whole. */
function traceOf(error: { message: unknown; stack?: unknown }): string {
  const [message, text] = [String(error.message), String(error.stack)]
  const from = text.includes(message) ? text.indexOf(message) + message.length : 0
  return text.slice(from, from + LONGEST_MESSAGE)
}

function redact(message: string, texts: readonly string[]): string {
  const isLong = message.length > LONGEST_MESSAGE || texts.length > MAX_TEXTS
  if (isLong) return texts.length > 0 ? WITHHELD : withoutSnippet(message.slice(0, LONGEST_MESSAGE))
  let clean = withoutSnippet(message)
  for (const text of texts) clean = clean.replaceAll(text, '…')
  return clean
}

const WITHHELD = 'withheld: it is long, or the message has many texts, and it may hold one'

/** JSON.parse quotes a part of its input, cut anywhere. */
function withoutSnippet(message: string): string {
  const [from, to] = [message.indexOf('"'), message.lastIndexOf(NOT_JSON)]
  return from === -1 || to <= from ? message : `${message.slice(0, from)}"…"${message.slice(to)}`
}

/** Returns every text in MsgBody and CloudCustomData, longest first, so that none leaves a rest behind. */
function messageTexts(body: JsonObject): string[] {
  const texts: string[] = []
  const open: unknown[] = [body['MsgBody'], body['CloudCustomData']]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') {
      if (value.length >= SHORTEST) texts.push(value)
    } else if (Array.isArray(value)) {
      for (const inner of value) open.push(inner)
    } else if (isObject(value)) {
      for (const [key, inner] of Object.entries(value)) if (key !== 'MsgType') open.push(inner)
    }
  }
  return texts.toSorted((a, b) => b.length - a.length)
}
