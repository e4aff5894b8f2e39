// The benchmark's plugin counts its callbacks, and waits on request. It imports nothing, and the server
// loads it like a user's file.
let count = 0
let held: Promise<void> | undefined
let release: () => void = () => undefined

process.on('message', (order: 'count' | 'hold' | 'release') => {
  if (order === 'hold') held = new Promise((resolve) => (release = resolve))
  if (order === 'release') {
    held = undefined
    release()
  }
  process.send?.({ count })
})
// The channel must not keep the server alive.
process.channel?.unref()

async function whenReleased(waiting: Promise<void>): Promise<void> {
  await waiting
  count++
}

const handle = (): Promise<void> | undefined => {
  if (held) return whenReleased(held)
  count++
  return undefined
}

export default {
  name: 'counting',
  handlers: {
    'Group.CallbackAfterGroupFull': handle,
    'Group.CallbackAfterSendMsg': handle,
    'Group.CallbackBeforeSendMsg': ({ allow }: { allow: () => unknown }): unknown => {
      count++
      return allow()
    },
  },
}
