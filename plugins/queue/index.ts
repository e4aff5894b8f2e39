import { definePlugin } from 'timhook/plugin'
import { deliver } from './deliver.ts'
import { checkOptions, options } from './options.ts'
import { openQueue } from './queue.ts'

/** Hands callbacks to a message broker. Each is done once the broker has acknowledged it. */
export default definePlugin({
  name: 'queue',
  description: 'Publishes callbacks to RabbitMQ, Redis Streams or NATS JetStream',
  options,
  metrics: {
    messages: {
      type: 'counter',
      help: 'Messages to the broker, by outcome.',
      labels: { result: ['acknowledged', 'duplicate', 'unroutable', 'refused', 'unanswered'] },
    },
  },
  checkOptions,
  setup: ({ options: given, log }) => openQueue(given, log),
  handlers: {
    '*': {
      phase: 'after',
      timeoutMs: ({ timeout }) => timeout,
      // Brokers acknowledge many at once, after they have written them.
      concurrency: 256,
      // Later callbacks of the key must not overtake one that waits for its next attempt.
      ordered: true,
      handle: async (context) => {
        if (context.phase === 'after') await deliver(context)
      },
    },
  },
  close: ({ link }) => link.close(),
})
