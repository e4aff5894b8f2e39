import { definePlugin } from 'timhook/plugin'
import { options } from './options.ts'
import { plan } from './output/plan.ts'
import { receive } from './report/receive.ts'
import { report } from './output/report.ts'
import { runs } from './output/runs.ts'
import { startWork } from './run/start-work.ts'

/**
 * Records every report of a full group and, if `mode` says so, makes room by removing inactive members. The handler only
 * records the report. A runner makes all calls of the REST API after the answer.
 */
export default definePlugin({
  name: 'group-full',
  description: 'Records every group that is reported full, and removes inactive members if the options allow it',
  options,
  setup: startWork,
  handlers: {
    'Group.CallbackAfterGroupFull': async (context) => {
      const { state, app } = context
      if ((await receive(context, state.worksOn(app.sdkAppId))) === 'queued') state.runner?.wake()
    },
  },
  close: ({ runner }) => runner?.close(),
  commands: { report, runs, plan },
})
