import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { TimhookError } from '../../core/errors.ts'

/** The default config file, relative to the working directory. */
export const DEFAULT_CONFIG = join('config', 'plugins.yaml')

/**
 * The absolute path of the config file: the one named, else `config/plugins.yaml` of the working directory.
 * Throws TimhookError CONFIG_NOT_FOUND when there is no such file.
 */
export function findConfig(explicit: string | undefined, cwd: string): string {
  const file = resolve(cwd, explicit ?? DEFAULT_CONFIG)
  const name = explicit ?? DEFAULT_CONFIG
  let stats
  try {
    stats = statSync(file, { throwIfNoEntry: false })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new TimhookError('CONFIG_NOT_FOUND', `${name} cannot be read (${code})`, { cause: error })
  }
  if (stats !== undefined && !stats.isDirectory()) return file
  throw new TimhookError(
    'CONFIG_NOT_FOUND',
    stats === undefined ? `no config file ${name}` : `${name} is a folder, not a config file`,
    {
      hint:
        explicit === undefined
          ? '`timhook init` writes one; `--config FILE` names another'
          : '`timhook init` writes one',
    },
  )
}
