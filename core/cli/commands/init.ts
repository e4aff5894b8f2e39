import { constants, copyFile, mkdir } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DEFAULT_CONFIG } from '../../../config/read/find.ts'
import { TimhookError } from '../../errors.ts'

const shipped = fileURLToPath(new URL('../../../../config/', import.meta.url))

/** `timhook init`: writes a commented config, and the schema that editors check it with. Overwrites nothing. */
export async function init(options: { config?: string }): Promise<void> {
  const file = resolve(options.config ?? DEFAULT_CONFIG)
  const schema = join(dirname(file), 'plugins.schema.json')
  try {
    await mkdir(dirname(file), { recursive: true })
    await copyFile(join(shipped, 'plugins.yaml'), file, constants.COPYFILE_EXCL)
    await copyFile(join(shipped, 'plugins.schema.json'), schema)
  } catch (error) {
    const { code, dest, path = file } = error as NodeJS.ErrnoException & { dest?: string }
    if (code === 'EEXIST' && dest === file) {
      throw new TimhookError('CONFIG_EXISTS', `${name(file)} already exists`, { hint: 'It was not changed.' })
    }
    throw new TimhookError('CONFIG_UNWRITABLE', `cannot write ${name(dest ?? path)} (${code})`, {
      hint: 'Run it where you can write, or name another place: `timhook init --config FILE`.',
      cause: error,
    })
  }
  process.stdout.write(`wrote ${name(file)}\nnext: set sdkAppId and a token in it, then \`timhook start\`\n`)
}

function name(file: string): string {
  return relative(process.cwd(), file) || file
}
