import { type BusEvents, definePlugin } from 'timhook/plugin'
import { status, test } from './commands.ts'
import { Events } from './events.ts'
import { type Notice, webhooks } from './formats.ts'
import { checkOptions, type Options, options } from './options.ts'
import { Sender } from './sender.ts'
import { Status } from './status.ts'
import { lineOf } from './template.ts'

/** Sends alerts, and events of plugins, to a webhook. `alerts: { url, format }` in the config is short for an entry with it. */
export default definePlugin({
  name: 'notify',
  description: 'Sends alerts and events of plugins to WeCom, DingTalk, Feishu, Slack or any webhook',
  options,
  checkOptions,
  setup: ({ options, log, count, store }) => {
    const { url, signingSecret: secret, format } = options
    const status = new Status({ store, log, waiting: () => sender.waiting + events.waiting })
    const { note } = status
    const sender: Sender = new Sender({ webhook: webhooks[format], target: { url, secret }, log, count, note })
    const events: Events = new Events({ options, push: (notice) => sender.push(notice), note })
    return { sender, events, status }
  },
  handlers: {},
  observe: {
    'alert:raised': (alert, { state, options }) =>
      push(state.sender, noticeOf('alert:raised', alert, options), options),
    'alert:cleared': (alert, { state, options }) =>
      push(state.sender, noticeOf('alert:cleared', alert, options), options),
    'plugin:*:*': (data, { state, name }) => state.events.add(name, data),
  },
  metrics: {
    messages_total: {
      type: 'counter',
      help: 'Messages to the webhook.',
      labels: { result: ['sent', 'failed', 'dropped'] },
    },
  },
  commands: { test, status },
  async close({ events, sender, status }) {
    events.close()
    await sender.close()
    await status.close()
  },
})

function push(sender: Sender, notice: Notice, { alerts }: Options): void {
  if (alerts) sender.push(notice)
}

function noticeOf(
  event: 'alert:raised' | 'alert:cleared',
  alert: BusEvents['alert:raised'],
  { template }: Options,
): Notice {
  const what = event === 'alert:raised' ? 'ALERT' : 'over'
  return { event, alert, line: lineOf(template, { ...alert, what }) }
}
