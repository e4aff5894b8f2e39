/** A service's opinion of a text or file, from mild to strict. */
export const LEVELS = ['pass', 'review', 'block'] as const
export type Level = (typeof LEVELS)[number]

export const MEDIA = ['image', 'sound', 'file', 'video'] as const
export type Media = (typeof MEDIA)[number]
export type Kind = 'text' | Media

/** A question to a service. */
export interface Question {
  readonly kind: Kind
  /** The text, or the URL of the file. */
  readonly content: string
  /** SdkAppid. */
  readonly app: number
  readonly account: string
  readonly group: string
}

export interface Opinion {
  readonly level: Level
  /** Why, in a word of the service, such as `Porn`. */
  readonly label?: string
}

export interface Service {
  /** The kinds of questions that it answers. */
  readonly kinds: readonly Kind[]
  /** What the answer depends on besides kind and content. Without it equal texts have equal answers. */
  readonly keyOf?: (question: Question) => string
  /** @throws ServiceError */
  ask(question: Question, signal: AbortSignal): Promise<Opinion>
}

export const REASONS = ['timeout', 'budget', 'unreachable', 'refused', 'answer'] as const
export type Reason = (typeof REASONS)[number]

/** Why there is no opinion. Contains neither the text in question nor the service's words. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: Reason
  /** When it makes sense to ask again, milliseconds from now. */
  readonly retryMs: number | undefined

  constructor(code: Reason, message: string, retryMs?: number) {
    super(message)
    this.code = code
    this.retryMs = retryMs
  }
}

export function strictest(opinions: readonly Opinion[]): Opinion {
  let found: Opinion = { level: 'pass' }
  for (const opinion of opinions) if (LEVELS.indexOf(opinion.level) > LEVELS.indexOf(found.level)) found = opinion
  return found
}

// A model could answer with the message itself, and labels are logged.
const LABEL = /^[\p{L}\p{N} _./:-]{1,40}$/u

/** An opinion, with the label only if it is one word or a few. */
export function opinion(level: Level, label: unknown): Opinion {
  return typeof label === 'string' && LABEL.test(label) ? { level, label } : { level }
}
