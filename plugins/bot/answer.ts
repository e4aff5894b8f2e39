import { GiveUp } from 'timhook/plugin'
import { type Context, type Incoming, incomingOf } from './incoming.ts'
import { ModelError } from './model/complete.ts'
import { createSpeaker, type Speaker } from './send/speaker.ts'
import { claim, markSent } from './talk/claim.ts'
import { takeAnswer } from './talk/limits.ts'
import { keepTalk, keyOf, readTalk, type Said, withTurn } from './talk/talk.ts'

/** A message has 12 KB, its quotes and names included. */
const MAX_BYTES = 10_000
/** How often the model is asked for one answer. */
const MAX_ATTEMPTS = 3

export const OUTCOMES = ['answered', 'withheld', 'broken', 'failed'] as const

interface Spoken {
  readonly outcome: (typeof OUTCOMES)[number]
  readonly text: string
  /** Why it failed for good. */
  readonly error?: ModelError
}

/** Answers a message, if it is one for the bot. */
export async function answer(context: Context): Promise<void> {
  const { app, id, store, options, state, count } = context
  const incoming = incomingOf(context)
  if (incoming === undefined) return
  if (typeof incoming === 'string') return count('ignored', { why: incoming })
  if (!(await claim(store, `${app.sdkAppId}/${incoming.message}`, id))) return count('ignored', { why: 'repeated' })

  const key = keyOf('talk', app.sdkAppId, incoming.from, incoming.group)
  const before = await readTalk(store, key)
  // A retry belongs to the same turn.
  const turn = context.attempt > 1 ? { talk: before, isSilent: false } : withTurn(before, state.now(), options)
  if (context.attempt === 1) await keepTalk(store, key, turn.talk, options)
  if (turn.isSilent) return count('ignored', { why: 'quick' })
  if (context.attempt === 1 && (await isOverLimit(context, incoming))) return count('ignored', { why: 'limit' })

  const said: Said[] = [...turn.talk.said, { role: 'user', content: incoming.text }]
  const { outcome, text, error } = await speak(context, incoming, said)
  count('answers', { outcome })
  const isKept = outcome === 'answered' || outcome === 'broken'
  const kept: readonly Said[] = isKept ? [...said, { role: 'assistant', content: text }] : turn.talk.said
  // Everything sent counts for the guard against loops, even an apology.
  await keepTalk(store, key, { ...turn.talk, said: kept, answeredAt: state.now() }, options)
  if (outcome === 'failed') throw new GiveUp('the model failed', { cause: error })
}

async function isOverLimit(context: Context, incoming: Incoming): Promise<boolean> {
  const { app, store, options, state, rest, signal } = context
  const taken = await takeAnswer(store, { app: app.sdkAppId, account: incoming.from, now: state.now() }, options)
  if (taken.first && options.say.limit !== '')
    await createSpeaker({ rest, signal, options, to: incoming }).finish(options.say.limit, options.say.limit)
  return taken.isOver
}

/** Asks the model and shows its answer. Throws, to be tried again, only while nothing has been shown. */
async function speak(context: Context, incoming: Incoming, said: readonly Said[]): Promise<Spoken> {
  const { app, id, store, options, state, rest, signal, log, attempt } = context
  const speaker = createSpeaker({ rest, signal, options, to: incoming })
  const message = `${app.sdkAppId}/${incoming.message}`
  const shown = new Shown(speaker, () => markSent(store, message, id))
  let text = ''
  try {
    for await (const part of state.complete(said, signal)) {
      text = cut(text + part)
      if (speaker.grows && text.length - shown.text.length >= options.piece) {
        if (!(await state.check(text, signal))) return withhold(context, shown)
        await shown.show(text)
      }
    }
    if (text.trim() === '') throw new ModelError('the model gave an empty answer')
    if (!(await state.check(text, signal))) return withhold(context, shown)
    await shown.finish(text)
    return { outcome: 'answered', text }
  } catch (error) {
    if (shown.hasBegun && !(error instanceof ModelError))
      throw new GiveUp('the answer could not be sent, or not all of it', { cause: error })
    if (shown.hasBegun) {
      log.warn({ err: error }, 'an answer broke off')
      await shown.finish(`${shown.text}…`)
      return { outcome: 'broken', text: shown.text }
    }
    if (!(error instanceof ModelError) || attempt < MAX_ATTEMPTS) throw error
    if (options.say.failed !== '') await shown.finish(options.say.failed)
    return { outcome: 'failed', text: options.say.failed, error }
  }
}

async function withhold({ options }: Context, shown: Shown): Promise<Spoken> {
  const { withheld } = options.say
  if (shown.hasBegun) await shown.finish(`${shown.text}\n${withheld}`)
  else if (withheld !== '') await shown.finish(withheld)
  return { outcome: 'withheld', text: withheld }
}

/** The part of an answer that has been shown. */
class Shown {
  readonly #speaker: Speaker
  readonly #onBegin: () => Promise<void>
  text = ''
  hasBegun = false

  /** @param onBegin awaited before anything is shown */
  constructor(speaker: Speaker, onBegin: () => Promise<void>) {
    this.#speaker = speaker
    this.#onBegin = onBegin
  }

  async show(text: string): Promise<void> {
    const added = await this.#begin(text)
    await this.#speaker.show(text, added)
  }

  async finish(text: string): Promise<void> {
    const added = await this.#begin(text)
    await this.#speaker.finish(text, added)
  }

  async #begin(text: string): Promise<string> {
    const added = text.slice(this.text.length)
    if (!this.hasBegun) await this.#onBegin()
    this.hasBegun = true
    this.text = text
    return added
  }
}

function cut(text: string): string {
  // A unit has at most 3 bytes.
  if (text.length * 3 <= MAX_BYTES) return text
  const bytes = Buffer.from(text)
  return bytes.length <= MAX_BYTES
    ? text
    : bytes
        .subarray(0, MAX_BYTES)
        .toString()
        .replace(/\uFFFD+$/, '')
}
