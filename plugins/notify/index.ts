import { hostname } from 'node:os'
import { type BusEvents, definePlugin } from 'timhook/plugin'
import { Events } from './events.ts'
import { type Notice, webhooks } from './formats.ts'
import { type Options, options } from './options.ts'
import { Sender } from './sender.ts'
import { fill } from './template.ts'

/** Sends alerts, and events of plugins, to a webhook. `alerts: { url, format }` in the config is short for an entry with it. */
export default definePlugin({
  name: 'notify',
  description: 'Sends alerts and events of plugins to WeCom, DingTalk, Feishu, Slack or any webhook',
  options,
  setup: ({ options, log, count }) => {
    const { url, signingSecret: secret, format } = options
    const sender = new Sender({ webhook: webhooks[format], target: { url, secret }, log, count })
    return { sender, events: new Events({ options, push: (notice) => sender.push(notice) }) }
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
  async close({ events, sender }) {
    events.close()
    await sender.close()
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
  const time = new Date().toISOString().slice(0, 16).replace('T', ' ')
  const what = event === 'alert:raised' ? 'ALERT' : 'over'
  return { event, alert, line: fill(template, { ...alert, what, host: hostname(), time }) }
}
