import { definePlugin } from 'timhook/plugin'
import { decide } from './decide.ts'
import { deliver } from './deliver.ts'
import { checkOptions, handlerMs, options } from './options.ts'
import { createTarget } from './target.ts'

const STATUSES = ['2xx', '3xx', '4xx', '5xx', 'none']

/** Passes callbacks on to a service that speaks HTTP, in any language. One target per entry. */
export default definePlugin({
  name: 'forward',
  description: 'Forwards callbacks to a URL, as Tencent sends them, as Standard Webhooks or as CloudEvents',
  options,
  metrics: {
    answers: { type: 'counter', help: 'Answers of the target, by status.', labels: { status: STATUSES } },
    circuit_opened: { type: 'counter', help: 'How often the circuit of the target has opened.' },
  },
  checkOptions,
  setup: createTarget,
  handlers: {
    '*': {
      timeoutMs: handlerMs,
      phase: ({ decide: decides }) => (decides ? undefined : 'after'),
      handle: (context) => (context.phase === 'before' ? decide(context) : deliver(context)),
    },
  },
  close: (target) => target.close(),
})
