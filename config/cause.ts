import { maskUrls } from './mask-text.ts'

/** The error that foreign code threw, in one line: `TypeError: x is not a function`. */
export function causeOf(error: unknown): string {
  try {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return maskUrls(text.split('\n')[0] ?? '')
  } catch {
    // Reading the thrown value may throw as well.
    return 'something that has no text'
  }
}
