import { Command, Option, type OutputConfiguration } from 'commander'
import { code } from './lazy-commands.ts'
import { collect, config, duration, whole } from './input/options.ts'
import { addStoredCommands } from './stored-commands.ts'
import { version } from '../observe/version.ts'
import type { TriggerOptions } from './commands/trigger.ts'

/**
 * The command line: every subcommand of timhook with its arguments.
 * @param onServing called once the server runs, since it keeps running after the command has returned
 * @param output where help and errors of the arguments go; by default to the process
 */
export function createProgram(onServing: () => void, output: OutputConfiguration = {}): Command {
  const program = new Command('timhook')
    .description('Receives the callbacks of Tencent Cloud IM / Chat and dispatches them to plugins')
    .version(version)
    .exitOverride()
    .configureOutput(output)
    .showSuggestionAfterError()
    .addHelpText('after', '\nCommands of a plugin: timhook ID COMMAND, such as timhook group-full report')

  program
    .command('start')
    .description('start the server')
    .addOption(config())
    .option('--host <host>', 'address to listen on, instead of server.host')
    .option('--port <port>', 'port to listen on, instead of server.port', whole(0, 65535))
    .option('--workers <n>', 'processes that share the work', whole(1, 64))
    .option('--answers', 'print a line for each answer')
    .option('--watch', 'reload when the config or a plugin given by path changes')
    .option('--wait <time>', 'wait this long for a server that is stopping, such as 30s', duration)
    .action(async (options: object) => {
      await code.start().start(options)
      onServing()
    })

  program
    .command('init')
    .description('write a commented config to config/plugins.yaml')
    .addOption(config())
    .action(async (options: object) => code.init().init(options))

  program
    .command('check')
    .description('check the config and its plugins')
    .addOption(config())
    .option('--json', 'print the config in effect, with secrets masked, or its faults')
    .option('--strict', 'fail on warnings too')
    .action(async (options: object) => code.check().check(options))

  program
    .command('new')
    .description('write the package of a new plugin: timhook new plugin NAME')
    .argument('<what>', 'plugin')
    .argument('<name>', 'such as words, for the package timhook-plugin-words')
    .option('--ts', 'in TypeScript (the default)')
    .option('--js', 'in JavaScript')
    .option('--timhook <file>', 'install timhook from this packed file')
    .action(async (what: string, name: string, options: object) => code.create().create(what, name, options))

  program
    .command('dev')
    .description('restart the server on every change of config or plugins, and print each answer')
    .addOption(config())
    .option('--with <command>', 'a command to run alongside it, such as "tsc --watch"')
    .action(async (options: object) => {
      await code.dev().dev(options)
      onServing()
    })

  program
    .command('try')
    .description('give a sample callback to a plugin in this process, and print the result')
    .argument('<file>', 'the plugin: a path, or a name')
    .argument('<command>', 'such as Group.CallbackBeforeSendMsg')
    .option('--set <path=value>', 'set a field of the body, such as MsgBody.0.MsgContent.Text=casino', collect)
    .option('--options <json>', 'the plugin\'s options, such as \'{"words":["casino"]}\'')
    .action(async (file: string, command: string, options: object) =>
      code.tryPlugin().tryPlugin(file, command, options),
    )

  program
    .command('doctor')
    .description('examine the deployment, or a plugin: its package, what its import does, its shape')
    .argument('[plugin]', 'a name, a package, or a path such as ./dist/index.js')
    .addOption(config())
    .option('--url <url>', 'also examine this URL, the one in the console')
    .option('--json', 'print JSON')
    .action(async (use: string | undefined, options: object) => code.doctor().doctor(use, options))

  program
    .command('list')
    .description('list the known callbacks, or the plugins of the config')
    .argument('[what]', 'callbacks or plugins', 'callbacks')
    .addOption(config())
    .option('--json', 'print JSON')
    .action(async (what: string, options: object) => code.list().list(what, options))

  program
    .command('trigger')
    .description('send a signed sample callback to a running server')
    .argument('<command>', 'such as Group.CallbackAfterGroupFull, or Group.* for all of them')
    .addOption(config())
    .option('--url <url>', "the server's URL (default: from the config)")
    .option('--cacert <file>', 'trust the authorities of this PEM file')
    .option('--cert <file>', 'show this client certificate, a PEM file, with --key')
    .option('--key <file>', 'the private key of --cert')
    .option('--app <id>', "the app's SdkAppid (default: the first in the config)", whole(1, Number.MAX_SAFE_INTEGER))
    .option(
      '--set <path=value>',
      'set a field of the body, such as GroupId=@TGS#1 or MsgBody.0.MsgType=…; the value is JSON unless the field holds text',
      collect,
    )
    .option('--raw <file>', 'send this file as the body, unchanged')
    .addOption(
      new Option('--seed <n>', 'vary the sample; the same seed gives the same bodies')
        .argParser(whole(0, 0xffffffff))
        .conflicts('raw'),
    )
    .option('--count <n>', 'how many to send', whole(1, 10_000_000), 1)
    .option('--concurrency <n>', 'how many at once', whole(1, 1000), 1)
    .option('--yes', 'allow a URL that is not on this machine')
    .option('--json', 'print JSON')
    .action(async (command: string, options: TriggerOptions) => code.trigger().trigger(command, options))

  addStoredCommands(program)
  return program
}
