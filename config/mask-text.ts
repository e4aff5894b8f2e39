const SHORTEST = 4

// The password of a URL ends at the last @ before the path.
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s/?#:@]*:)[^\s/?#]+@/gi

/** Text in which the passwords of URLs print as `***`. */
export function maskUrls(text: string): string {
  return text.replace(URL_PASSWORD, '$1***@')
}

/**
 * Text in which secrets print as `***`: those given, if they have at least 4 characters (a shorter one would blot out
 * ordinary words), and the passwords of URLs.
 */
export function maskText(text: string, secrets: Iterable<string>): string {
  let masked = text
  // The longest first: a secret may hold another one.
  const longestFirst = [...secrets].toSorted((a, b) => b.length - a.length)
  for (const secret of longestFirst) {
    if (secret.length >= SHORTEST) masked = masked.replaceAll(secret, '***')
  }
  return maskUrls(masked)
}
