import type { ErrorCode, YAMLError } from 'yaml'

/**
 * Our own messages for the parser's errors. The parser may quote the file, and so a secret without quotes.
 */
const SENTENCES: Record<ErrorCode, string> = {
  ALIAS_PROPS: 'an alias (*name) cannot have an anchor or a tag',
  BAD_ALIAS: 'this is not a valid alias; a text that starts with * or & needs quotes',
  BAD_COLLECTION_TYPE: 'this tag does not fit the value after it; a text that starts with ! needs quotes',
  BAD_DIRECTIVE: 'this is not a valid % line; a text that starts with % needs quotes',
  BAD_DQ_ESCAPE: 'this escape does not exist between double quotes; write \\\\ for a backslash or use single quotes',
  BAD_INDENT:
    'expected another indentation (items of one list or section start at the same column), or a closing ] or }',
  BAD_PROP_ORDER: 'anchors and tags stand before the value, after the - or :',
  BAD_SCALAR_START: 'a text that starts with this character needs quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a section cannot start on the line of its key; a text that holds ": " needs quotes',
  BLOCK_IN_FLOW: 'expected no indented list or section between { } or [ ]',
  DUPLICATE_KEY: 'this key is given twice',
  IMPOSSIBLE: 'this is not valid YAML',
  KEY_OVER_1024_CHARS: 'this key is too long',
  MISSING_CHAR:
    "a closing quote, bracket, comma, colon or space is missing here; between [ ] a text such as '${NAME}' needs quotes",
  MULTILINE_IMPLICIT_KEY: 'expected a key and a colon on one line',
  MULTIPLE_ANCHORS: 'a value can have one anchor only',
  MULTIPLE_DOCS: 'expected one document; remove the --- here and what follows it',
  MULTIPLE_TAGS: 'a value can have one tag only',
  NON_STRING_KEY: 'expected a key that is a text',
  RESOURCE_EXHAUSTION: 'this is nested too deeply',
  TAB_AS_INDENT: 'expected spaces: YAML does not indent with tabs',
  TAG_RESOLVE_FAILED: 'this tag is not known; a text that starts with ! needs quotes',
  UNEXPECTED_TOKEN: 'this is not expected here; a text with special characters needs quotes',
}

/** The sentence for an error of the YAML parser. */
export function yamlSentence(code: ErrorCode): string {
  return SENTENCES[code]
}

const INDENTED_TOO_FAR =
  'this line is indented too far: the key before it has its value already; expected the column of the other keys'

/** The errors as sentences, each with the offset of the text to change. */
export function placed(errors: readonly YAMLError[], text: string): { offset: number; sentence: string }[] {
  const offsetsOf = (code: ErrorCode): Set<number> =>
    new Set(errors.filter((error) => error.code === code).map(({ pos }) => pos[0]))
  // YAML reads a line with more indentation as part of the text before it, and so reports a key of two lines.
  const tooFar = offsetsOf('BLOCK_AS_IMPLICIT_KEY')
  const twoLines = offsetsOf('MULTILINE_IMPLICIT_KEY')
  return errors.flatMap(({ code, pos: [offset] }) => {
    if (!tooFar.has(offset) || !twoLines.has(offset)) return [{ offset, sentence: yamlSentence(code) }]
    return code === 'MULTILINE_IMPLICIT_KEY' ? [{ offset: nextKey(text, offset), sentence: INDENTED_TOO_FAR }] : []
  })
}

/** The start of the first line after this one that has a key; the offset itself if none has. */
function nextKey(text: string, offset: number): number {
  let start = text.indexOf('\n', offset) + 1
  while (start > 0) {
    const next = text.indexOf('\n', start) + 1
    const line = text.slice(start, next > 0 ? next : undefined)
    if (/:(?:\s|$)/.test(line)) return start + line.search(/\S/)
    start = next
  }
  return offset
}
