import { definePlugin } from 'timhook/plugin'
import { answer, OUTCOMES } from './answer.ts'
import { createBot } from './bot.ts'
import { IGNORED } from './incoming.ts'
import { checkOptions, type Options, options } from './options.ts'
import { keyOf } from './talk/talk.ts'

/** The time left for Tencent after the model has timed out. */
const GRACE_MS = 30_000

const settings = { timeoutMs: ({ timeout }: Options) => timeout + GRACE_MS, retry: { attempts: 4 } }

/** Answers one-to-one messages, and group messages that mention it, with a model. */
export default definePlugin({
  name: 'bot',
  description: 'Answers messages with a model behind an OpenAI-compatible endpoint',
  options,
  checkOptions,
  metrics: {
    answers: { type: 'counter', help: 'Answers, by how they ended.', labels: { outcome: [...OUTCOMES] } },
    ignored: { type: 'counter', help: 'Messages without an answer, by why.', labels: { why: [...IGNORED] } },
  },
  setup: createBot,
  handlers: {
    'C2C.CallbackAfterSendMsg': { ...settings, handle: answer },
    'Group.CallbackAfterSendMsg': { ...settings, handle: answer },
    'Bot.OnC2CMessage': { ...settings, handle: answer },
    'Bot.OnGroupMessage': { ...settings, handle: answer },
  },
  async erase({ app, account, store }) {
    const prefixes = [keyOf('talk', app, account), keyOf('used', app, account)]
    const found = (await Promise.all(prefixes.map((prefix) => store.list(prefix)))).flat()
    for (const { key } of found) await store.delete(key)
    return found.length
  },
})
