import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { TimhookError } from '../../errors.ts'
import { version } from '../../host/import/version.ts'
import { pluginFiles } from '../scaffold/plugin-files.ts'

/** The name of the package is accepted too. */
const PREFIX = /^timhook-plugin-/
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/

export interface NewOptions {
  readonly ts?: boolean
  readonly js?: boolean
  readonly timhook?: string
}

/** `timhook new plugin NAME`: writes the package of a new plugin into ./timhook-plugin-NAME. Overwrites nothing. */
export async function create(what: string, given: string, options: NewOptions): Promise<void> {
  if (what !== 'plugin') throw new TimhookError('USAGE', `new ${what}: expected \`timhook new plugin NAME\``)
  const name = given.replace(PREFIX, '')
  if (!NAME.test(name)) {
    throw new TimhookError('USAGE', `${given} is not a valid plugin name`, {
      hint: 'A name has lower-case letters, digits and hyphens, such as words; its package is timhook-plugin-words.',
    })
  }
  const folder = `timhook-plugin-${name}`
  if (existsSync(folder)) {
    throw new TimhookError('CONFIG_EXISTS', `${folder} already exists`, { hint: 'It was not changed.' })
  }
  const language = options.js === true ? 'js' : 'ts'
  const files = pluginFiles({ name, language, version, timhook: sourceOf(options.timhook, folder) })
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
  } catch (error) {
    const { code, path = folder } = error as NodeJS.ErrnoException
    throw new TimhookError('CONFIG_UNWRITABLE', `cannot write ${path} (${code})`, {
      hint: 'Run it where you can write.',
      cause: error,
    })
  }
  process.stdout.write(`wrote ${folder}\nnext: cd ${folder} && npm install && npm test\n`)
}

function sourceOf(file: string | undefined, folder: string): string {
  if (file === undefined) return `^${version}`
  if (!existsSync(file)) throw new TimhookError('USAGE', `--timhook ${file}: there is no such file`)
  return `file:${relative(folder, resolve(file)).replaceAll('\\', '/')}`
}
