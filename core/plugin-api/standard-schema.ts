/**
 * The interface of Standard Schema, version 1 (standardschema.dev): zod, valibot, arktype and others implement it. A
 * schema may be a function.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    /** Types only. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** The value, or the faults. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** Returns the value as a Standard Schema, if it is one. */
export function standardSchema(value: unknown): StandardSchema | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  const standard = (value as { '~standard'?: unknown })['~standard']
  if (typeof standard !== 'object' || standard === null) return undefined
  const { version, validate } = standard as { version?: unknown; validate?: unknown }
  return version === 1 && typeof validate === 'function' ? (value as StandardSchema) : undefined
}
