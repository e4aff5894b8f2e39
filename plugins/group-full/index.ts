import { definePlugin, Type } from 'timhook/plugin'
import { fullGroup } from './full-group.ts'

/** Records every report of a full group, under the kind `full`. Nothing else is done about it yet. */
export default definePlugin({
  name: 'group-full',
  description: 'Records every group that is reported full',
  options: Type.Object({
    mode: Type.Enum(['record'], {
      default: 'record',
      description: 'record: keep what is reported, and do nothing else',
    }),
  }),
  handlers: {
    'Group.CallbackAfterGroupFull': async (context) => {
      const event = fullGroup(context)
      await context.store.record('full', event)
      context.emit('full', event)
      context.log.info({ group: event.group, app: event.app }, 'group is full')
    },
  },
})
