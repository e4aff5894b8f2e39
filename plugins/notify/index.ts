import { hostname } from 'node:os'
import { type BusEvents, definePlugin } from 'timhook/plugin'
import { type Notice, webhooks } from './formats.ts'
import { options } from './options.ts'
import { Sender } from './sender.ts'

/** Sends alerts to a webhook. `alerts: { url, format }` in the config is short for an entry with it. */
export default definePlugin({
  name: 'notify',
  description: 'Sends alerts to WeCom, DingTalk, Feishu, Slack or any webhook',
  options,
  setup: ({ options: { url, signingSecret: secret, format }, log, count }) =>
    new Sender({ webhook: webhooks[format], target: { url, secret }, log, count }),
  handlers: {},
  observe: {
    'alert:raised': (alert, { state }) => state.push(noticeOf('alert:raised', alert)),
    'alert:cleared': (alert, { state }) => state.push(noticeOf('alert:cleared', alert)),
  },
  metrics: {
    messages_total: {
      type: 'counter',
      help: 'Messages to the webhook.',
      labels: { result: ['sent', 'failed', 'dropped'] },
    },
  },
  close: (sender) => sender.close(),
})

function noticeOf(event: Notice['event'], alert: BusEvents['alert:raised']): Notice {
  const at = new Date().toISOString().slice(0, 16).replace('T', ' ')
  const what = event === 'alert:raised' ? 'ALERT' : 'over'
  return { event, alert, line: `[timhook] ${what}: ${alert.text} (${hostname()}, ${at} UTC)` }
}
