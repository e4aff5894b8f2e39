import type { ServiceOptions } from '../options.ts'
import { createHttp } from './http.ts'
import { createOpenAi } from './openai.ts'
import type { Service } from './service.ts'
import { createTms } from './tms.ts'

/** The service that the options name; undefined if they name none. */
export function createService({ tms, openai, http }: ServiceOptions): Service | undefined {
  if (tms) return createTms(tms)
  if (openai) return createOpenAi(openai)
  return http && createHttp(http)
}
