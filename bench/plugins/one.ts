export default {
  name: 'one',
  handlers: { 'Group.CallbackAfterGroupFull': (): undefined => undefined },
}
