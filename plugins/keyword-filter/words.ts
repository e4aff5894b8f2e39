import { readFile } from 'node:fs/promises'
import type { Fold } from './search/fold.ts'
import type { Options } from './options.ts'
import { parsePattern, type Pattern } from './search/pattern.ts'

/** A word in the source, and its place, for messages. */
interface Word {
  readonly source: string
  readonly where: string
}

const MAX_NAMED = 10

/** The words, ready to be compiled, and as they were written. Duplicates count once. */
export interface Words {
  readonly patterns: readonly Pattern[]
  readonly sources: readonly string[]
}

/**
 * Reads the words of the options and of the file that they name.
 * @throws Error that names every word that cannot be used, by its place
 */
export async function readWords(options: Pick<Options, 'words' | 'file' | 'gap'>, fold: Fold): Promise<Words> {
  const { words, file, gap } = options
  if (words.length === 0 && file === undefined) throw new Error('options: expected words, or file, or both')
  const listed = words.map((source, index) => ({ source, where: `options.words[${index}]` }))
  const all = [...listed, ...(file === undefined ? [] : await readLines(file))]
  if (all.length === 0) throw new Error(`${file}: there are no words in it`)

  const faults: string[] = []
  const patterns = new Map<string, { pattern: Pattern; source: string }>()
  for (const { source, where } of all) {
    try {
      const pattern = parsePattern(source, fold, gap)
      patterns.set(JSON.stringify(pattern), { pattern, source })
    } catch (error) {
      faults.push(`${where} ${(error as Error).message}`)
    }
  }
  if (faults.length > 0) throw new Error(summary(faults))
  const found = [...patterns.values()]
  return { patterns: found.map(({ pattern }) => pattern), sources: found.map(({ source }) => source) }
}

/** Lines that are neither blank nor comments. The decoder drops a byte order mark. */
async function readLines(file: string): Promise<Word[]> {
  const lines = (await readText(file)).split(/\r\n|[\r\n]/)
  return lines
    .map((line, index) => ({ source: line.trim(), where: `${file}:${index + 1}` }))
    .filter(({ source }) => source !== '' && !source.startsWith('#'))
}

async function readText(file: string): Promise<string> {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'an unknown error'
    throw new Error(`options.file: ${file} cannot be read (${code}); relative paths start from the working directory`, {
      cause: error,
    })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    // Lists in GBK are common, and would match nothing without an error.
    throw new Error(`options.file: ${file} is not UTF-8`, { cause: error })
  }
}

function summary(faults: readonly string[]): string {
  const hidden = faults.length - MAX_NAMED
  return [...faults.slice(0, MAX_NAMED), ...(hidden > 0 ? [`and ${hidden} more`] : [])].join('; ')
}
