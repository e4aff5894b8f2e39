import { type CommandContext, CommandError, defineCommand, Type } from 'timhook/plugin'
import { type Failure, fieldsOf, type Notice, webhooks } from './formats.ts'
import { hintFor } from './hints.ts'
import { options, type Options } from './options.ts'
import { type Answer, parse, post } from './post.ts'
import { TIMEOUT_MS } from './sender.ts'
import { statusRows } from './status.ts'
import { lineOf } from './template.ts'

const MAX_SHOWN = 300

const given = Type.Object({
  text: Type.String({ minLength: 1, maxLength: 1000, default: 'this is a test', description: 'What it says' }),
})

/** `timhook notify test`: sends one message in the form of an alert, and prints the answer. */
export const test = defineCommand(
  {
    description: 'send one test message to the webhook, and print what came back',
    options: given,
    async run(context) {
      const { format, url } = context.options
      const { host } = new URL(url)
      const started = performance.now()
      const answer = await sendTest(context)
      const { status, text } = answer
      const ms = Math.round(performance.now() - started)
      const answered = status === undefined ? '' : `, and answered ${status} ${shown(text)}`.trimEnd()
      const failed = failureOf(answer, context.options)
      const done = failed ? '' : `${host} took the message within ${ms} ms${answered}`
      context.print({ ok: !failed, host, format, ms, status, answer: text, ...failed }, done)
      if (failed) throw new CommandError(`${host} ${failed.why}`, { hint: failed.hint })
    },
  },
  options,
)

function sendTest({ options, given, signal }: CommandContext<{ text: string }, Options>): Promise<Answer> {
  const { url, format, signingSecret: secret, template } = options
  const line = lineOf(template, { what: 'TEST', text: given.text, rule: 'test' })
  const notice: Notice = { line, event: 'test', fields: {}, count: 1 }
  const webhook = webhooks[format]
  return post(webhook, webhook.message(line, [notice], { url, secret }), { timeoutMs: TIMEOUT_MS, signal })
}

/** What went wrong, and what to do about it. */
function failureOf(answer: Answer, options: Options): { why: string; hint: string } | undefined {
  const { outcome, status, text } = answer
  if (!outcome.ok) return { why: whyOf(outcome, answer), hint: hintFor(outcome, options) }
  if (!isForeignError(text)) return undefined
  return { why: `answered ${status}, with what looks like an error: ${shown(text)}`, hint: 'Look at `format`.' }
}

function whyOf({ code, says }: Failure, { status, text }: Answer): string {
  if (code === 'TimeoutError') return `has not answered within ${TIMEOUT_MS / 1000} s`
  if (status === undefined) return `could not be reached: ${code}`
  if (status >= 200 && status < 300 && says === undefined) return `answered ${status}, with ${code}: ${shown(text)}`
  return `refused the message: ${code} ${shown(says)}`.trimEnd()
}

/** Whether a webhook that answers by HTTP status has sent the code of another format. */
function isForeignError(text = ''): boolean {
  const { errcode, code } = fieldsOf(parse(text))
  const isError = typeof errcode === 'number' && errcode !== 0
  return isError || (typeof code === 'number' && code !== 0 && (code < 200 || code > 299))
}

function shown(text = ''): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line
}

/** `timhook notify status`: how many lines were sent, failed, or wait, and why. */
export const status = defineCommand({
  description: 'how many lines were sent, failed, were dropped or throttled, or wait, and why',
  view: true,
  run: ({ store }) => statusRows(store),
})
