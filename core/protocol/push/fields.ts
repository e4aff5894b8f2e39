import type { Type } from '#typebox'
import { Integer, Text } from '../wire.ts'

/** Unlike all other callbacks, pushes have times in seconds. */
export const eventSeconds = Integer('When it happened, seconds since 1970')
export const PushStage = Integer('1: sent, 2: reached the device, 3: clicked', { values: [1, 2, 3] })
export const ErrCode = Integer('0: success')
export const ErrInfo = Text('The result in words; may be empty')
export const PushPlatform = vendor('Who delivers the push; 0 for online pushes')

/** The maker of a device or of its push service. */
export function vendor(description: string): Type.TUnsafe<number> {
  return Integer(
    `${description} (0: unknown, 1: APNs, 2: Xiaomi, 3: Huawei, 4: FCM, 5: Meizu, 6: OPPO, 7: vivo, 8: Honor)`,
    { values: [0, 1, 2, 3, 4, 5, 6, 7, 8] },
  )
}
