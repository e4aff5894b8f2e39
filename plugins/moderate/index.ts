import { definePlugin } from 'timhook/plugin'
import { judge } from './before.ts'
import { cases } from './cases.ts'
import { judgeMedia } from './media.ts'
import { createModerator } from './moderator.ts'
import { checkOptions, type Options, options } from './options.ts'
import { LEVELS, REASONS } from './services/service.ts'

/** A handler's limit is a little longer than the service's, so that the plugin's policy decides and not the host's. */
const GRACE_MS = 100

const settings = {
  timeoutMs: ({ timeoutMs }: Options) => timeoutMs + GRACE_MS,
  onFailure: ({ onFailure }: Options) => onFailure,
}

/** Asks a moderation service before messages are sent, and afterwards about their images and files. */
export default definePlugin({
  name: 'moderate',
  description: "Asks Tencent's TMS, an OpenAI-compatible endpoint or any HTTP service about messages",
  options,
  checkOptions,
  metrics: {
    answers: {
      type: 'counter',
      help: 'Answers of the service, by level, and failures, by reason.',
      labels: { result: [...LEVELS, ...REASONS] },
    },
    cached: { type: 'counter', help: 'Messages answered from the cache of equal ones.' },
    undecided: {
      type: 'counter',
      help: 'Messages that the service did not judge, by outcome.',
      labels: { action: ['allow', 'reject', 'drop'] },
    },
    cases: {
      type: 'counter',
      help: 'Messages that were reviewed or blocked.',
      labels: { level: ['review', 'block'], action: ['allow', 'reject', 'drop', 'recall'] },
    },
    recalled: { type: 'counter', help: 'Messages that were recalled for their images or files.' },
  },
  setup: createModerator,
  handlers: {
    'C2C.CallbackBeforeSendMsg': { ...settings, handle: (context) => judge(context, context.options.codes.c2c) },
    'Group.CallbackBeforeSendMsg': { ...settings, handle: (context) => judge(context, context.options.codes.group) },
    'OfficialAccount.CallbackBeforeSendMsg': {
      ...settings,
      handle: (context) => judge(context, context.options.codes.officialAccount),
    },
    'C2C.CallbackAfterSendMsg': judgeMedia,
    'Group.CallbackAfterSendMsg': judgeMedia,
  },
  commands: { cases },
})
