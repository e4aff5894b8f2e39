import type { Type } from '#typebox'
import { TimhookError } from '../errors.ts'
import type { Rest } from '../rest/calls/rest.ts'
import type { Store } from '../store/store.ts'

/** What a command throws to end with a sentence for the person at the terminal, and exit status 1. */
export class CommandError extends TimhookError {
  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super('COMMAND_FAILED', message, options)
  }
}

/** What plugins may know of an app of the config. */
export interface AppSettings {
  readonly sdkAppId: number
  /** Whether its callbacks are accepted without a signature, so that anyone could have sent them. */
  readonly unsigned: boolean
  /** The administrator as whom the REST API is called; undefined for an app without `rest:` settings. */
  readonly identifier?: string
}

/** What a command of a plugin gets. Times are milliseconds since 1970. */
export interface CommandContext<Given = unknown, Options = unknown> {
  /** What was given on the command line, checked by the command's own `options`, with defaults. */
  readonly given: Given
  /** The plugin's options, as the config has them. */
  readonly options: Options
  /** The plugin's own store, the one that the server works with: it may run at the same time. */
  readonly store: Store
  readonly apps: readonly AppSettings[]
  /** The client of one app, with a pace of its own. Without `rest:` settings, a call rejects with REST_NOT_CONFIGURED. */
  readonly rest: (sdkAppId: number) => Rest
  /** Prints the result: the text, or with `--json` the value. */
  readonly print: (value: unknown, text: string) => void
  /** Rows as columns of equal width under their names, for `print`. */
  readonly table: (rows: readonly Readonly<Record<string, unknown>>[]) => string
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** A command of a plugin, for `timhook ID NAME`. */
export interface PluginCommand<Schema extends Type.TSchema = Type.TSchema, Options = unknown> {
  /** One line, for `--help`. */
  readonly description: string
  /**
   * A `Type.Object` of texts, numbers, integers, enums and booleans: `groupId` is `--group-id <text>`, a boolean a flag.
   * `--json`, `--config` and `--help` are there without it.
   */
  readonly options?: Schema
  /** Throws CommandError to end with a sentence and exit status 1; any other error is printed with its stack. */
  run(context: CommandContext<NoInfer<Type.StaticDecode<Schema>>, Options>): void | Promise<void>
}

/**
 * Gives a command of a plugin its types, and nothing else: `given` from its own `options`, and `options` from the
 * plugin's schema where that is the second argument.
 */
export function defineCommand<
  Schema extends Type.TSchema = Type.TObject,
  PluginOptions extends Type.TSchema = Type.TUnknown,
>(
  command: PluginCommand<Schema, NoInfer<Type.StaticDecode<PluginOptions>>>,
  _pluginOptions?: PluginOptions,
): PluginCommand<Schema, NoInfer<Type.StaticDecode<PluginOptions>>> {
  return command
}
