import { type Command, Option } from 'commander'
import { code } from './lazy-commands.ts'
import type { BackupOptions } from './upkeep/backup.ts'
import type { DeadLetterOptions } from './commands/dead-letters.ts'
import type { EraseOptions } from './upkeep/erase.ts'
import type { EventOptions } from './commands/events.ts'
import { collect, config, duration, time, whole } from './input/options.ts'
import type { ListenOptions } from './listen/listen.ts'
import type { PauseOptions } from './commands/pause.ts'
import type { ReplayOptions } from './commands/replay.ts'

const OUTCOMES = ['done', 'waiting', 'dead', 'delivered', 'reject', 'drop', 'failed', 'refused', 'kept']

const app = (): Option =>
  new Option('--app <id>', 'only those of this app').argParser(whole(1, Number.MAX_SAFE_INTEGER))
const command = (): Option =>
  new Option('--command <command>', 'only this command, such as Group.CallbackAfterGroupFull or Group.*')
const since = (): Option => new Option('--since <time>', 'received since: 10m, 2h, 3d or an ISO time').argParser(time)
const until = (): Option => new Option('--until <time>', 'received before').argParser(time)

/** Adds the commands that read the store and send requests to the server. */
export function addStoredCommands(program: Command): void {
  program
    .command('events')
    .description('show received callbacks, newest first')
    .addOption(config())
    .addOption(app())
    .addOption(command())
    .option('--plugin <id>', 'only those for this plugin')
    .option('--group <id>', 'only those whose body names this group or room')
    .option('--account <id>', 'only those whose body names this account: sender, receiver, member, operator')
    .addOption(
      new Option('--outcome <outcome>', 'only those with this outcome, for any plugin or the one named').choices(
        OUTCOMES,
      ),
    )
    .addOption(since())
    .addOption(until())
    .option('--id <id>', 'the callback with this id; may be given several times', collect)
    .option('--limit <n>', 'how many at most', whole(1, 1_000_000))
    .addOption(
      new Option('--follow', 'keep printing new ones, oldest first, until Ctrl-C').conflicts([
        'until',
        'id',
        'records',
      ]),
    )
    .option('--records [kind]', 'show what plugins have recorded instead')
    .option('--body', 'print bodies too, messages among them')
    .option('--json', 'print JSON lines')
    .action(async (options: EventOptions) => code.events().events(options))

  program
    .command('listen')
    .description("pass a server's after-callbacks to a program on this machine, as they arrive or from history")
    .addOption(config())
    .requiredOption('--to <url>', 'where to post them, such as http://127.0.0.1:3000/callbacks')
    .option('--only <command>', 'only this command, such as Group.*; may be given several times', collect)
    .addOption(since())
    .option('--admin <url>', 'the admin listener of a server, instead of the store; it needs admin.bodies: true')
    .option('--token-file <file>', 'a file with the token of --admin; TIMHOOK_ADMIN_TOKEN without it')
    .option('--sign-file <file>', 'sign again, with the token in this file; unsigned without it')
    .option('--yes', 'allow a URL that is not on this machine')
    .option('--json', 'print JSON lines')
    .action(async (options: ListenOptions) => code.listen().listen(options))

  program
    .command('dead-letters')
    .description('list, retry or drop callbacks that a plugin could not handle')
    .argument('[action]', 'list, retry or drop', 'list')
    .argument('[refs...]', 'refs, as the list prints them')
    .addOption(config())
    .option('--plugin <id>', 'only those of this plugin')
    .addOption(command())
    .option('--all', 'all of them')
    .option('--limit <n>', 'how many to list at most', whole(1, 1_000_000), 100)
    .option('--yes', 'retry or drop all that match; without it they are only counted')
    .option('--json', 'print JSON lines')
    .action(async (action: string, refs: string[], options: DeadLetterOptions) =>
      code.deadLetters().deadLetters(action, refs, options),
    )

  program
    .command('pause')
    .description('pause a plugin: its after-callbacks wait')
    .argument('<plugin>', 'the id of the plugin')
    .addOption(config())
    .addOption(new Option('--for <duration>', 'for this long, such as 1h; otherwise until resume').argParser(duration))
    .option('--json', 'print JSON')
    .action(async (plugin: string, options: PauseOptions) => code.pause().pause(plugin, options))

  program
    .command('resume')
    .description('resume a plugin: it gets its after-callbacks again')
    .argument('<plugin>', 'the id of the plugin')
    .addOption(config())
    .option('--json', 'print JSON')
    .action(async (plugin: string, options: PauseOptions) => code.pause().resume(plugin, options))

  program
    .command('backup')
    .description('copy the store to a file, while the server runs or not')
    .argument('<file>', 'the file to create')
    .addOption(config())
    .option('--force', 'replace a file that is there')
    .option('--json', 'print JSON')
    .action(async (file: string, options: BackupOptions) => code.backup().backup(file, options))

  program
    .command('erase')
    .description('remove everything stored about an account')
    .requiredOption('--account <id>', 'the account')
    .addOption(config())
    .addOption(app())
    .option('--waiting', 'also callbacks that wait for a plugin; for these the server has to be stopped')
    .option('--yes', 'do it; without it they are only counted')
    .option('--json', 'print JSON')
    .action(async (options: EraseOptions) => code.erase().erase(options))

  program
    .command('replay')
    .description('deliver callbacks to a plugin once more')
    .argument('[ids...]', 'ids of callbacks, also refused ones, instead of a time range')
    .addOption(config())
    .requiredOption('--plugin <id>', 'the plugin that gets them')
    .addOption(since())
    .addOption(until())
    .addOption(app())
    .addOption(command())
    .option('--rate <n>', 'how many per second at most', whole(1, 1_000_000))
    .option('--yes', 'do it; without it they are only counted')
    .option('--json', 'print JSON')
    .action(async (ids: string[], options: ReplayOptions) => code.replay().replay(ids, options))
}
