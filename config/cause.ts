import { maskUrls } from './mask-text.ts'

/** What somebody's code threw, in one line: `TypeError: x is not a function`. */
export function causeOf(error: unknown): string {
  try {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return maskUrls(text.split('\n')[0] ?? '')
  } catch {
    // It was thrown by code that throws in being asked, too.
    return 'something that has no text'
  }
}
