import { cp, mkdir, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { exec } from './install.ts'

export interface Step {
  readonly instruction: string
  readonly text: string
}

/** The result of a build: a folder in place of the image's root, and the command it runs. */
export interface Image {
  readonly root: string
  readonly workdir: string
  readonly env: Readonly<Record<string, string>>
  readonly user: string
  readonly entrypoint: readonly string[]
  readonly cmd: readonly string[]
  readonly healthcheck: readonly string[]
  /** Steps that were not run, because they install things a test must not. */
  readonly packages: readonly string[]
}

/** The instructions of a Dockerfile, with their continued lines joined. */
export function stepsOf(dockerfile: string): Step[] {
  const lines = dockerfile
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => ({ instruction: line.split(' ')[0] ?? '', text: line.slice(line.indexOf(' ') + 1) }))
}

/**
 * Runs the steps of a Dockerfile as a script, each stage in its own folder, and returns the last one.
 * @param context the build context
 */
export async function build(steps: readonly Step[], context: string, folder: string): Promise<Image> {
  const stages = new Map<string, string>()
  let image = emptyImage('')
  for (const { instruction, text } of steps) {
    if (instruction === 'FROM') {
      const name = / AS (\S+)$/.exec(text)?.[1] ?? 'last'
      image = emptyImage(join(folder, name))
      stages.set(name, image.root)
    } else image = await run(image, { instruction, text }, { context, stages })
  }
  return image
}

async function run(
  image: Image,
  { instruction, text }: Step,
  { context, stages }: { context: string; stages: ReadonlyMap<string, string> },
): Promise<Image> {
  const { root, workdir, env, packages } = image
  const cwd = join(root, workdir)
  switch (instruction) {
    case 'WORKDIR':
      await mkdir(join(root, text), { recursive: true })
      return { ...image, workdir: text }
    case 'ENV': {
      const [name = '', value = ''] = text.split('=')
      return { ...image, env: { ...env, [name]: value } }
    }
    case 'USER':
      return { ...image, user: text }
    case 'COPY':
      await copy(text.split(' '), cwd, { context, stages })
      return image
    case 'RUN':
      if (text.startsWith('apt-get ')) return { ...image, packages: [...packages, text] }
      // Owners of files depend on who builds.
      await exec('sh', ['-euc', text.replace(/ && chown \S+ \S+/, '')], {
        cwd,
        env: { ...process.env, npm_config_prefer_offline: 'true', ...env },
      })
      return image
    case 'ENTRYPOINT':
      return { ...image, entrypoint: JSON.parse(text) as string[] }
    case 'CMD':
      return { ...image, cmd: JSON.parse(text) as string[] }
    case 'HEALTHCHECK':
      return { ...image, healthcheck: JSON.parse(text.slice(text.indexOf('['))) as string[] }
    case 'EXPOSE':
      return image
    default:
      throw new Error(`${instruction}: not known here`)
  }
}

async function copy(
  words: readonly string[],
  cwd: string,
  { context, stages }: { context: string; stages: ReadonlyMap<string, string> },
): Promise<void> {
  const stage = words.find((word) => word.startsWith('--from='))?.slice('--from='.length)
  const from = stage === undefined ? context : (stages.get(stage) ?? '')
  const sources = words.filter((word) => !word.startsWith('--')).slice(0, -1)
  for (const source of sources) {
    if (!source.startsWith('*')) {
      const target = stage === undefined ? join(cwd, basename(source)) : cwd
      await cp(join(from, source), target, { recursive: true })
      continue
    }
    const names = (await readdir(from)).filter((name) => name.endsWith(source.slice(1)))
    for (const name of names) await cp(join(from, name), join(cwd, name))
  }
}

function emptyImage(root: string): Image {
  return { root, workdir: '/', env: {}, user: 'root', entrypoint: [], cmd: [], healthcheck: [], packages: [] }
}
