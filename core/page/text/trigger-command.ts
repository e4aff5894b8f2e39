import { compactJson } from './json-lines.ts'

const DELIMITER = 'JSON'

/**
 * A command that sends the same callback again. The body comes from a here-document that the shell does not expand;
 * without a body, or if it is not JSON, the command's sample is sent.
 */
export function triggerCommand(command: string, sdkAppId: number, body: string | undefined): string {
  const head = `timhook trigger ${quote(command)} --app ${sdkAppId}`
  const json = body === undefined ? undefined : compactJson(body)
  if (json === undefined) return head
  // One line of JSON is never the delimiter, so that no body can end the document.
  return `${head} --raw /dev/stdin <<'${DELIMITER}'\n${json}\n${DELIMITER}\n`
}

function quote(text: string): string {
  const safe = text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
  return /^[\w.-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", String.raw`'\''`)}'`
}
