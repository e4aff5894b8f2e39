import { createMemoryDelivery } from '../../../core/delivery/engines/memory/open-memory.ts'
import { describeModel } from './model.ts'

describeModel({
  name: 'memory',
  isVirtual: true,
  limits: { timeoutMs: 60, minMs: 10, maxMs: 100 },
  most: 200,
  newStore: async () => ({
    async open(parts) {
      return { delivery: createMemoryDelivery({ ...parts, resendWindow: 600_000 }), async close() {} }
    },
    async remove() {},
  }),
})
