import type { Type } from '#typebox'
import { TimhookError } from '../errors.ts'
import type { Awaitable } from '../lib/completion.ts'
import type { Rest } from '../rest/calls/rest.ts'
import type { Store } from '../store/store.ts'

/** Thrown by a command to exit with status 1 and a sentence for the person at the terminal. */
export class CommandError extends TimhookError {
  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super('COMMAND_FAILED', message, options)
  }
}

/** The settings of an app that plugins may see. */
export interface AppSettings {
  readonly sdkAppId: number
  /** Whether unsigned callbacks are accepted, which anyone could send. */
  readonly unsigned: boolean
  /** The administrator for calls of the REST API; undefined for an app without `rest:` settings. */
  readonly identifier?: string
}

/** The argument of a plugin command. Times are milliseconds since 1970. */
export interface CommandContext<Given = unknown, Options = unknown> {
  /** The options on the command line, checked by the command's own `options`, with defaults. */
  readonly given: Given
  /** The plugin's options from the config. */
  readonly options: Options
  /** The plugin's store, shared with the server, which may run at the same time. */
  readonly store: Store
  readonly apps: readonly AppSettings[]
  /**
   * The client of one app, with its own rate limit. Without `rest:` settings, a call rejects with REST_NOT_CONFIGURED.
   */
  readonly rest: (sdkAppId: number) => Rest
  /** Whether `--json` was given. */
  readonly json: boolean
  /** Prints the result: the text, or the value with `--json`. */
  readonly print: (value: unknown, text: string) => void
  /** Formats rows as columns of equal width with headings, for `print`. */
  readonly table: (rows: readonly Readonly<Record<string, unknown>>[]) => string
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** What a view returns: one object per row, with the same keys in each. */
export type ViewRows = readonly Readonly<Record<string, unknown>>[]

/** A command of a plugin, for `timhook ID NAME`. */
export interface PluginCommand<Schema extends Type.TSchema = Type.TSchema, Options = unknown> {
  /** One line, for `--help`. */
  readonly description: string
  /**
   * A `Type.Object` of strings, numbers, integers, enums and booleans: `groupId` becomes `--group-id <text>`, a boolean
   * a flag. `--json`, `--config` and `--help` always exist.
   */
  readonly options?: Schema
  /** Whether `run` returns rows and prints nothing: the terminal and the admin page render them. */
  readonly view?: boolean
  /** The options that may be given without their flag, in this order: `timhook ID search TEXT`. */
  readonly positional?: readonly string[]
  /** Throw CommandError to exit with status 1 and a sentence; any other error is printed with its stack. */
  run(context: CommandContext<NoInfer<Type.StaticDecode<Schema>>, Options>): Awaitable<void | ViewRows>
}

/**
 * Gives a command its types and does nothing else: `given` comes from its own `options`, and `options` from the plugin's
 * schema if that is the second argument.
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
