import type { ErrorCode } from '../../core/errors.ts'

/** What happened, and what to do about it. */
export type ErrorTexts = Readonly<Record<ErrorCode, readonly [cause: string, wayOut: string]>>

export const errorTexts: ErrorTexts = {
  BACKUP_EXISTS: ['The file for a backup already exists.', 'Name another file, or move this one away.'],
  COMMAND_FAILED: [
    'A command of a plugin could not do what it was asked.',
    'The sentence is from the plugin; its README has more.',
  ],
  CONFIG_INVALID: [
    'The config has faults. All of them are listed, each with file, line and column.',
    'Fix them and run `timhook check` until it reports none. See [config](config.md).',
  ],
  CONFIG_NOT_FOUND: [
    'There is no config file at `--config` or `config/plugins.yaml`.',
    '`timhook init` writes one; a relative path is taken from the folder that the command runs in.',
  ],
  CONFIG_EXISTS: [
    '`init` or `new` would have overwritten something.',
    'Nothing was changed. Name another place, or move the old one away.',
  ],
  CONFIG_UNWRITABLE: [
    'A file could not be written there.',
    'Run the command in a folder that you can write to, or name another place.',
  ],
  DEPLOYMENT_FAULTY: [
    '`timhook doctor` found something wrong with the deployment.',
    'Each line of its output says what, and what to do.',
  ],
  GIVE_UP: [
    'A handler threw `GiveUp`: the callback became a dead letter without further attempts.',
    '`timhook dead-letters` has its reason; `retry` tries it once more.',
  ],
  LISTEN_FAILED: [
    'The server or admin listener could not be opened: the port is taken, the address is not of this machine, or a TLS file cannot be read.',
    'Choose another `server.port` or `admin.port`, end what holds the port, or fix the path that is named.',
  ],
  LISTEN_UNANSWERED: [
    '`timhook listen --admin` gets no answer from the admin listener of the server.',
    'See whether that server runs, and whether `--admin` is the URL of its admin listener.',
  ],
  NOT_STORED: [
    'A callback or dead letter with this id or number is not in the store, or no longer.',
    '`timhook events` and `timhook dead-letters` list what is there; `delivery.retention` says how long it is kept.',
  ],
  PLUGIN_CLOSE_FAILED: [
    '`close` of a plugin threw or did not settle.',
    'The server has stopped anyway. The cause and the plugin’s own line are in the log.',
  ],
  PLUGIN_ENDED: [
    'The thread or process of an isolated plugin has ended: memory, `process.exit`, an uncaught error.',
    'It is started again by itself. The log has the reason; raise `isolate.memory` if that was it.',
  ],
  PLUGIN_INVALID: [
    'What was loaded is not a plugin: no default export, an unknown key, a handler for no command, a syntax error.',
    'The message names the place. `timhook doctor PLUGIN` examines a plugin on its own.',
  ],
  PLUGIN_NOT_FOUND: [
    '`use:` names neither a shipped plugin, nor an installed package, nor a file.',
    'Install `timhook-plugin-NAME` alongside timhook, or write a path that begins with `./`; it is relative to the config.',
  ],
  PLUGIN_SETUP_FAILED: [
    '`setup` of a plugin threw or did not settle within `setupTimeoutMs`, so the server did not start.',
    'The message has the cause. Raise `setupTimeoutMs` only if the setup is slow for a good reason.',
  ],
  RELOAD_REFUSED: [
    'The reloaded config changes something that this engine cannot change while it runs.',
    'Restart the server; with `--workers`, SIGUSR2 restarts the workers one by one.',
  ],
  REPLAY_STOPPED: ['`timhook replay` was stopped by Ctrl-C.', 'It prints the `--since` with which to continue.'],
  REQUEST_UNANSWERED: [
    'A request to the server (retry, drop, replay, pause, resume) is stored, but was not carried out in time.',
    'The server carries it out as soon as it can. See its log and `/readyz`.',
  ],
  REST_ABORTED: [
    'A REST call was aborted by its `signal`: the handler timed out, or the server stops.',
    'Nothing to do if it was a stop; else raise `timeoutMs`.',
  ],
  REST_CALL_INVALID: ['A REST call was made with arguments that Tencent would refuse.', 'The message names the field.'],
  REST_NOT_CONFIGURED: [
    'A plugin calls the REST API for an app without `rest:` settings.',
    'Add `rest: { region, identifier, secretKey }` to that app.',
  ],
  REST_REFUSED: [
    'Tencent answered a REST call with an error code.',
    '`errorCode` and `errorInfo` are Tencent’s; its documents list them.',
  ],
  REST_SUSPENDED: [
    'Calls of this app are paused, because an answer said that its settings are wrong: key, region, administrator, allowed addresses.',
    'Fix the `rest:` settings. Calls are tried again after 5 minutes.',
  ],
  REST_UNANSWERED: [
    'A REST call got no answer in any of its attempts.',
    'Check the network to Tencent. `outcomeUnknown` says whether the call may have taken effect.',
  ],
  RETRY_AFTER: [
    'A handler threw `RetryAfter`: it is called again when it asked to be.',
    'Nothing: this is how plugins wait.',
  ],
  STORE_AUTH_FAILED: [
    'Redis or PostgreSQL refuses the user, the password, or what the user wants to do.',
    'Set user and password in `delivery.redis` or `delivery.postgres`, and give the user the rights that the message names.',
  ],
  STORE_CLOSED: [
    'The store was used while the server was stopping.',
    'Nothing: unfinished work continues at the next start.',
  ],
  STORE_DAMAGED: [
    'The file of the engine sqlite is damaged. It is left as it is.',
    'Restore a backup, or move the file and its `-wal` away to start with an empty one.',
  ],
  STORE_FOREIGN: [
    'The file or schema belongs to another program.',
    'Name another file in `delivery.sqlite.file`, or another schema in `delivery.postgres.schema`.',
  ],
  STORE_IN_USE: [
    'Another timhook uses this file, and one file has one server.',
    'Stop the other one, or give this one another `delivery.sqlite.file`. For several servers use postgres or redis.',
  ],
  STORE_LOST: [
    'The store went away while the server ran: its file was moved, replaced or overwritten, or Redis was flushed.',
    'The server ends with 1, so that it is restarted. With sqlite, what was acknowledged is in `FILE.rescued-TIME`.',
  ],
  STORE_MISSING: [
    'There is nothing to read: no server has started with this store yet.',
    'Start the server, or run the command in the folder that `delivery.sqlite.file` is relative to.',
  ],
  STORE_NEWER: ['A newer version of timhook has written this store.', 'Start that version, or name another store.'],
  STORE_NOT_SHARED: [
    'The engine `memory` cannot be read by another process, nor shared by workers.',
    'Set `delivery.engine` to sqlite, redis or postgres.',
  ],
  STORE_NOT_DURABLE: [
    'The settings of Redis or PostgreSQL allow it to lose what it has acknowledged.',
    'Change the settings that are named, or accept the risk with `durability: relaxed`.',
  ],
  STORE_UNREACHABLE: [
    'Redis or PostgreSQL does not answer, or has no connection left.',
    'Is it running, and are address and TLS right? After-callbacks get 503 meanwhile, and Tencent may send them again.',
  ],
  STORE_UNSUITABLE: [
    'The database cannot be used as it is: too old, a standby, a cluster, another encoding.',
    'The message says what timhook needs.',
  ],
  STORE_UNUSABLE: [
    'The store cannot be written or read: rights, a full disk, no SQLite for this Node.',
    'The message says which. When the disk has room again, no restart is needed.',
  ],
  STORE_VALUE_TOO_LARGE: [
    'A plugin stored a value of more than 1 MB of JSON.',
    'Split it into several keys, or store only where it is kept.',
  ],
  TEST_FAILED: ['The handler that `timhook try` called has failed.', 'The message has the cause.'],
  TRIGGER_FAILED: [
    'Not every callback of `timhook trigger` was answered OK.',
    'The printed answers say why; without any answer the server is not running.',
  ],
  UNKNOWN_COMMAND: [
    'No known callback has this name.',
    '`timhook list` names them all; see [callbacks](callbacks.md).',
  ],
  USAGE: ['The command was called incorrectly.', '`timhook COMMAND --help`, or [commands](commands.md).'],
  VERDICT_INVALID: [
    'A before-handler returned something that this callback cannot be answered with.',
    'The page of the [callback](callbacks.md) lists verdicts, codes and fields. Meanwhile a rejection still rejects.',
  ],
}
