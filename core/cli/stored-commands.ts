import { type Command, Option } from 'commander'
import { code } from './lazy-commands.ts'
import type { DeadLetterOptions } from './commands/dead-letters.ts'
import type { EventOptions } from './commands/events.ts'
import { collect, config, moment, whole } from './input/options.ts'
import type { ReplayOptions } from './commands/replay.ts'

const OUTCOMES = ['done', 'waiting', 'dead', 'delivered', 'reject', 'drop', 'failed', 'refused', 'kept']

const app = (): Option => new Option('--app <id>', 'of this app').argParser(whole(1, Number.MAX_SAFE_INTEGER))
const command = (): Option => new Option('--command <command>', 'such as Group.CallbackAfterGroupFull or Group.*')
const since = (): Option => new Option('--since <time>', 'received since: 10m, 2h, 3d or an ISO time').argParser(moment)
const until = (): Option => new Option('--until <time>', 'received before').argParser(moment)

/** The commands that read the store, and send requests to the server. */
export function addStoredCommands(program: Command): void {
  program
    .command('events')
    .description('show what came, newest first')
    .addOption(config())
    .addOption(app())
    .addOption(command())
    .option('--plugin <id>', 'that this plugin gets')
    .addOption(
      new Option('--outcome <outcome>', 'what has become of it, with any plugin or the one named').choices(OUTCOMES),
    )
    .addOption(since())
    .addOption(until())
    .option('--id <id>', 'the callback with this id; may be given several times', collect)
    .option('--limit <n>', 'how many at most', whole(1, 1_000_000))
    .addOption(
      new Option('--follow', 'go on with what comes, oldest first, until Ctrl-C').conflicts(['until', 'id', 'records']),
    )
    .option('--records [kind]', 'show what plugins have recorded instead')
    .option('--body', 'print bodies too, messages among them')
    .option('--json', 'print JSON lines')
    .action(async (options: EventOptions) => code.events().events(options))

  program
    .command('dead-letters')
    .description('list, retry or drop callbacks that a plugin did not manage')
    .argument('[action]', 'list, retry or drop', 'list')
    .argument('[refs...]', 'which ones, as the list names them')
    .addOption(config())
    .option('--plugin <id>', 'of this plugin')
    .addOption(command())
    .option('--all', 'all of them')
    .option('--limit <n>', 'how many to list at most', whole(1, 1_000_000), 100)
    .option('--yes', 'retry or drop all that fit; without it they are counted')
    .option('--json', 'print JSON lines')
    .action(async (action: string, refs: string[], options: DeadLetterOptions) =>
      code.deadLetters().deadLetters(action, refs, options),
    )

  program
    .command('replay')
    .description('deliver callbacks to a plugin once more')
    .argument('[ids...]', 'ids of callbacks, refused ones too, in place of a time range')
    .addOption(config())
    .requiredOption('--plugin <id>', 'who gets them')
    .addOption(since())
    .addOption(until())
    .addOption(app())
    .addOption(command())
    .option('--rate <n>', 'how many a second at most', whole(1, 1_000_000))
    .option('--yes', 'do it; without it they are counted')
    .option('--json', 'print JSON')
    .action(async (ids: string[], options: ReplayOptions) => code.replay().replay(ids, options))
}
