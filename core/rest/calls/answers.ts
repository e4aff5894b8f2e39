import { isObject, type JsonObject } from '../../lib/json.ts'

/** The objects in a list of an answer. An absent list counts as empty. */
export function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** Renames a field of an object, since older deployments send it under its former name. */
export function renamed(fields: JsonObject, former: string, present: string): JsonObject {
  if (!(former in fields) || present in fields) return fields
  const { [former]: value, ...others } = fields
  return { ...others, [present]: value }
}

/** The fields that any answer may have. */
export interface CommonAnswer {
  ErrorCode: number
  ErrorInfo?: string
  RequestId?: string
}
