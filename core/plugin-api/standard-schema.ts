/**
 * What the specification Standard Schema, version 1, asks of a schema (standardschema.dev): zod, valibot, arktype and
 * others follow it. A schema may be a function.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    /** For the compiler alone. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** The value, or what is wrong with it. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** The value as a schema of that kind, where it is one. */
export function standardSchema(value: unknown): StandardSchema | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  const standard = (value as { '~standard'?: unknown })['~standard']
  if (typeof standard !== 'object' || standard === null) return undefined
  const { version, validate } = standard as { version?: unknown; validate?: unknown }
  return version === 1 && typeof validate === 'function' ? (value as StandardSchema) : undefined
}
