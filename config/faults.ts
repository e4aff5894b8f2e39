import { TimhookError } from '../core/errors.ts'

/** The keys and list indexes that lead to a value: `['plugins', 0, 'options', 'mode']`. */
export type Path = readonly (string | number)[]

/** A place in a config file; lines and columns count from 1, and are 0 if there is no text to point into. */
export interface Position {
  file: string
  line: number
  column: number
}

/** Finds the place of a value, or with `'key'` that of its key; else the place of the nearest existing ancestor. */
export type Locate = (path: Path, at?: 'key') => Position

/** One fault of a config. The message is a sentence or `expected …`, and never holds a secret. */
export interface Fault {
  path: Path
  message: string
  /** The fault is the key itself (an unknown one), not its value. */
  at?: 'key'
  /** The place, if it is known without the path (a syntax error). */
  position?: Position
}

/** A path as people write it: `plugins[0].options.mode`. The root is the empty string. */
export function formatPath(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[A-Za-z_$][\w$-]*$/.test(part)) text += text === '' ? part : `.${part}`
    else text += `[${quote(part)}]`
  }
  return text
}

/** A fault in one line: `config/plugins.yaml:12:5 plugins[0].use: expected …`, or `FILE path: …` without a place. */
export function formatFault(fault: Fault, locate: Locate): string {
  const { file, line, column } = fault.position ?? locate(fault.path, fault.at)
  const place = line > 0 ? `${file}:${line}:${column}` : file
  const path = formatPath(fault.path)
  return path === '' ? `${place}: ${fault.message}` : `${place} ${path}: ${fault.message}`
}

/** Text in double quotes on one line, cut to a length that fits a fault. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text)
}

/** The config cannot be used (code CONFIG_INVALID). The message holds every fault, one a line, as formatFault prints it. */
export class ConfigError extends TimhookError {
  readonly faults: readonly string[]

  /** @param faults - formatted lines, at least one */
  constructor(faults: readonly string[]) {
    super('CONFIG_INVALID', faults.join('\n'))
    this.faults = faults
  }
}
