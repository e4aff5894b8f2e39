// A plugin that does next to nothing, in either phase.
export default {
  name: 'decides',
  handlers: {
    'Group.CallbackAfterGroupFull': (): undefined => undefined,
    'Group.CallbackBeforeSendMsg': ({ allow }: { allow: () => unknown }): unknown => allow(),
  },
}
