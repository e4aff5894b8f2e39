import { Type } from '#typebox'

/** What is logged. */
export const LogSchema = Type.Object(
  {
    level: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      default: 'info',
      description: 'The least severe level that is logged.',
    }),
    callbacks: Type.Enum(['all', 'failed', 'none'], {
      default: 'all',
      description: 'Which callbacks are logged, one line each: all, those for which a handler failed, or none.',
    }),
    sample: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 1,
      description: 'The share of callbacks without a failure that is logged: 0.01 is one in a hundred.',
    }),
  },
  { additionalProperties: false, default: {}, description: 'What is logged.' },
)

/** The section `log` as written. */
export interface LogInput {
  callbacks?: 'all' | 'failed' | 'none'
  sample?: number | string
  level?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
}
