import { isObject, type JsonObject } from '../../lib/json.ts'

/** The objects in a list of an answer; an absent list is an empty one. */
export function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** The object with a field under its present name, where an older deployment sends the former one. */
export function renamed(fields: JsonObject, former: string, present: string): JsonObject {
  if (!(former in fields) || present in fields) return fields
  const { [former]: value, ...others } = fields
  return { ...others, [present]: value }
}

/** What every answer may carry beside its own fields. */
export interface CommonAnswer {
  ErrorCode: number
  ErrorInfo?: string
  RequestId?: string
}
