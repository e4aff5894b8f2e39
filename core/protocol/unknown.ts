import { Type } from '#typebox'
import type { AnyCode } from './codes.ts'
import type { BeforeDefinition, Phase } from './define.ts'

const anything = Type.Object({})
/** The name of an unknown callback shows its phase, by the pattern of all known ones. */
const BEFORE = /(?:^|\.)CallbackBefore[^.]*$/
/** Where a non-zero code means that the app has failed, and lets the request through (intl 43468). */
const PREVIOUS = /^Sns\.CallbackPrev[^.]*$/

/** The phase of a command that is not in the table. */
export function unknownPhase(command: string): Phase {
  return BEFORE.test(command) || PREVIOUS.test(command) ? 'before' : 'after'
}

/** The answer to an unknown before-callback: an allowing answer with any fields, or a rejection. */
export function unknownBefore(command: string): BeforeDefinition<string, object, object, AnyCode, false> {
  return {
    phase: 'before',
    command,
    title: { en: 'Unknown', zh: '未知' },
    docs: {},
    request: anything,
    answer: anything,
    codes: { default: 1, ranges: PREVIOUS.test(command) ? [] : [[1, 999_999]] },
    perTarget: undefined,
    drop: false,
    onFailure: 'allow',
    sample: {},
  }
}
