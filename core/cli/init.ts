import { copyFile, mkdir } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DEFAULT_CONFIG } from '../../config/find.ts'
import { TimhookError } from '../errors.ts'

const shipped = fileURLToPath(new URL('../../../config/', import.meta.url))

/** `timhook init`: writes a commented config, and the schema that editors check it with. Overwrites nothing. */
export async function init(options: { config?: string }): Promise<void> {
  const file = resolve(options.config ?? DEFAULT_CONFIG)
  await mkdir(dirname(file), { recursive: true })
  try {
    await copyFile(join(shipped, 'plugins.yaml'), file, 1)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new TimhookError('CONFIG_EXISTS', `${name(file)} is there already`, { hint: 'It was left as it is.' })
  }
  await copyFile(join(shipped, 'plugins.schema.json'), join(dirname(file), 'plugins.schema.json'))
  process.stdout.write(`wrote ${name(file)}\nnext: set sdkAppId and a token in it, then \`timhook start\`\n`)
}

function name(file: string): string {
  return relative(process.cwd(), file) || file
}
