import { definePlugin } from 'timhook/plugin'
import { createFilter } from './filter.ts'
import { moderate } from './moderate.ts'
import { options } from './options.ts'

/** Masks, rejects or drops messages with listed words before they are sent. */
export default definePlugin({
  name: 'keyword-filter',
  description: 'Masks, rejects or drops messages that contain listed words',
  options,
  setup: async ({ options, log }) => {
    const filter = await createFilter(options)
    log.info({ words: filter.words, action: options.action }, 'words compiled')
    return filter
  },
  handlers: {
    'C2C.CallbackBeforeSendMsg': (context) => moderate(context, context.options.codes.c2c),
    'Group.CallbackBeforeSendMsg': (context) => moderate(context, context.options.codes.group, context.body.GroupId),
    'OfficialAccount.CallbackBeforeSendMsg': (context) => moderate(context, context.options.codes.officialAccount),
  },
})
