import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime } from '../fields.ts'
import { Integer } from '../wire.ts'

const request = body('Group.CallbackOnDailyGroupQuotaAlarm', [], {
  QuotaUsed: Integer('Groups created today'),
  Quota: Integer('How many are allowed'),
  EventTime,
})

export interface OnDailyGroupQuotaAlarm extends Type.Static<typeof request> {}

/**
 * The groups gained today passed 70% of the limit (intl 57455). It shares its switch in the console with changes of
 * group profiles.
 */
export const onDailyGroupQuotaAlarm = after<OnDailyGroupQuotaAlarm>({
  request,
  title: { en: 'Daily group quota alarm', zh: '群组日净增上限阈值告警' },
  docs: { intl: 57455 },
  sample: {
    CallbackCommand: 'Group.CallbackOnDailyGroupQuotaAlarm',
    QuotaUsed: 7000,
    Quota: 10000,
    EventTime: 1670574414123,
  },
})
