import { Type } from '#typebox'

/** What is logged. */
export const LogSchema = Type.Object(
  {
    level: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      default: 'info',
      description: 'The least severe level that is logged.',
    }),
  },
  { additionalProperties: false, default: {}, description: 'What is logged.' },
)

/** The section `log` as written. */
export interface LogInput {
  level?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
}
