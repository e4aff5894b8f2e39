import { commands } from '../../core/protocol/commands.ts'

// A handler for each command of the table.
export default {
  name: 'every',
  handlers: Object.fromEntries([...commands.keys()].map((command) => [command, (): undefined => undefined])),
}
