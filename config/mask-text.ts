const SHORTEST = 4
const MASK = '***'
const SCHEME_END = '://'
/** The characters that end the part of a URL with a password. A quote ends the text around it. */
const AUTHORITY_END = /[\s/?#"]/g

/**
 * Replaces the passwords of URLs by `***`; a password ends at the last @ before the path. This is no regular expression:
 * it would restart at each letter of a long word, and strangers choose what is logged.
 */
export function maskUrls(text: string): string {
  // A string that grows by two pieces for each URL would cost the garbage collector more than the search.
  const pieces: string[] = []
  let copied = 0
  let end = 0
  for (let scheme = text.indexOf(SCHEME_END); scheme !== -1; scheme = text.indexOf(SCHEME_END, end)) {
    const start = scheme + SCHEME_END.length
    end = authorityEnd(text, start)
    const authority = text.slice(start, end)
    const [colon, at] = [authority.indexOf(':'), authority.lastIndexOf('@')]
    const hasPassword = colon !== -1 && at > colon + 1 && !authority.slice(0, colon).includes('@')
    if (!hasPassword) continue
    pieces.push(text.slice(copied, start + colon + 1), MASK)
    copied = start + at
  }
  return pieces.join('') + text.slice(copied)
}

function authorityEnd(text: string, start: number): number {
  AUTHORITY_END.lastIndex = start
  // Within JSON a quote that belongs to the text has a backslash ahead of it.
  for (let found = AUTHORITY_END.exec(text); found; found = AUTHORITY_END.exec(text)) {
    if (found[0] !== '"' || text[found.index - 1] !== '\\') return found.index
  }
  return text.length
}

/** Masks the given secrets and the passwords of URLs in a text. */
export type Mask = (text: string) => string

/**
 * Makes a mask for secrets of at least 4 characters (a shorter one would mask ordinary words). It finds a secret as it is
 * and as JSON writes it.
 */
export function createMask(secrets: Iterable<string>): Mask {
  const written = [...secrets].filter(({ length }) => length >= SHORTEST).flatMap((secret) => [secret, inJson(secret)])
  // The longest first: a secret may contain another one.
  const longestFirst = [...new Set(written)].toSorted((a, b) => b.length - a.length)
  return (text) => {
    let masked = text
    for (const secret of longestFirst) masked = masked.replaceAll(secret, MASK)
    return maskUrls(masked)
  }
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

/** Masks like `createMask`, for a single text. */
export function maskText(text: string, secrets: Iterable<string>): string {
  return createMask(secrets)(text)
}
