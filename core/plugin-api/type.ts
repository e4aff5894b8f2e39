// The part of TypeBox that authors see. Its own declarations take a compiler several seconds, mostly for what plugins
// rarely use. `#typebox` in package.json names these for users of timhook; timhook itself is checked with TypeBox's.
// Schemas of TypeBox itself, and plain JSON Schema, fit these types too.

/** Builds schemas; the functions are those of TypeBox. For anything else, import `typebox` itself. */
export declare namespace Type {
  interface TSchema {}
  type TProperties = { [name: PropertyKey]: TSchema }
  interface Options {
    [keyword: string]: unknown
    title?: string
    description?: string
    default?: unknown
    examples?: unknown
    /** The value is masked in everything that timhook prints. */
    secret?: boolean
  }
  interface NumberOptions extends Options {
    minimum?: number
    maximum?: number
    exclusiveMinimum?: number
    exclusiveMaximum?: number
    multipleOf?: number
  }
  interface StringOptions extends Options {
    minLength?: number
    maxLength?: number
    pattern?: string | RegExp
    format?: string
  }
  interface ArrayOptions extends Options {
    minItems?: number
    maxItems?: number
    uniqueItems?: boolean
  }
  interface ObjectOptions extends Options {
    additionalProperties?: TSchema | boolean
    minProperties?: number
    maxProperties?: number
  }

  interface TString extends TSchema {
    '~kind': 'String'
    type: 'string'
  }
  interface TNumber extends TSchema {
    '~kind': 'Number'
    type: 'number'
  }
  interface TInteger extends TSchema {
    '~kind': 'Integer'
    type: 'integer'
  }
  interface TBoolean extends TSchema {
    '~kind': 'Boolean'
    type: 'boolean'
  }
  interface TNull extends TSchema {
    '~kind': 'Null'
    type: 'null'
  }
  interface TAny extends TSchema {
    '~kind': 'Any'
  }
  interface TUnknown extends TSchema {
    '~kind': 'Unknown'
  }
  interface TLiteral<Value extends string | number | boolean | bigint = string | number | boolean> extends TSchema {
    '~kind': 'Literal'
    const: Value
  }
  interface TEnum<Values extends (string | number)[] = (string | number)[]> extends TSchema {
    '~kind': 'Enum'
    enum: Values
  }
  interface TArray<Items extends TSchema = TSchema> extends TSchema {
    '~kind': 'Array'
    type: 'array'
    items: Items
  }
  interface TTuple<Items extends TSchema[] = TSchema[]> extends TSchema {
    '~kind': 'Tuple'
    type: 'array'
    items: Items
  }
  interface TObject<Properties extends TProperties = TProperties> extends TSchema {
    '~kind': 'Object'
    type: 'object'
    properties: Properties
  }
  interface TRecord<Key extends string = string, Value extends TSchema = TSchema> extends TSchema {
    '~kind': 'Record'
    type: 'object'
    patternProperties: { [_ in Key]: Value }
  }
  interface TUnion<Types extends TSchema[] = TSchema[]> extends TSchema {
    '~kind': 'Union'
    anyOf: Types
  }
  interface TIntersect<Types extends TSchema[] = TSchema[]> extends TSchema {
    '~kind': 'Intersect'
    allOf: Types
  }
  interface TUnsafe<Value = unknown> extends TSchema {
    '~unsafe': Value
  }
  type TOptional<Schema extends TSchema = TSchema> = Schema & { '~optional': true }
  type TRefine<Schema extends TSchema = TSchema> = Schema & { '~refine': unknown }
  type TCodec<Schema extends TSchema = TSchema, Decoded = unknown> = Schema & {
    '~codec': { encode: (value: Decoded) => unknown; decode: (value: unknown) => Decoded }
  }

  function String(options?: StringOptions): TString
  function Number(options?: NumberOptions): TNumber
  function Integer(options?: NumberOptions): TInteger
  function Boolean(options?: Options): TBoolean
  function Null(options?: Options): TNull
  function Any(options?: Options): TAny
  function Unknown(options?: Options): TUnknown
  function Literal<const Value extends string | number | boolean>(value: Value, options?: Options): TLiteral<Value>
  function Enum<const Values extends (string | number)[]>(
    values: readonly [...Values],
    options?: Options,
  ): TEnum<Values>
  function Array<Items extends TSchema>(items: Items, options?: ArrayOptions): TArray<Items>
  function Tuple<Items extends TSchema[]>(items: [...Items], options?: ArrayOptions): TTuple<Items>
  function Object<Properties extends TProperties>(properties: Properties, options?: ObjectOptions): TObject<Properties>
  function Record<Value extends TSchema>(key: TString, value: Value, options?: ObjectOptions): TRecord<string, Value>
  function Union<Types extends TSchema[]>(types: [...Types], options?: Options): TUnion<Types>
  function Intersect<Types extends TSchema[]>(types: [...Types], options?: Options): TIntersect<Types>
  function Optional<Schema extends TSchema>(schema: Schema): TOptional<Schema>
  function Unsafe<Value>(schema: TSchema): TUnsafe<Value>
  /** Accepts a value only if the function returns true. The message is added to the error. */
  function Refine<Schema extends TSchema>(
    schema: Schema,
    refine: (value: Static<Schema>) => boolean,
    message?: (value: unknown) => string,
  ): TRefine<Schema>
  /** The plugin gets the result of the function. */
  function Decode<Schema extends TSchema, Decoded>(
    schema: Schema,
    decode: (value: StaticDecode<Schema>) => Decoded,
  ): TCodec<Schema, Decoded>

  /** The type of a schema's values, as written in the config. */
  type Static<Schema> = Value<Schema, 'encoded'>
  /** The type of a schema's values, as the plugin gets them. */
  type StaticDecode<Schema> = Value<Schema, 'decoded'>

  type Value<Schema, Side extends 'encoded' | 'decoded'> = Side extends 'decoded'
    ? Schema extends { '~codec': { decode: (value: never) => infer Decoded } }
      ? Decoded
      : Plain<Schema, Side>
    : Plain<Schema, Side>
  type Plain<Schema, Side extends 'encoded' | 'decoded'> = Schema extends { '~unsafe': infer Given }
    ? Given
    : Schema extends { const: infer Const }
      ? Const
      : Schema extends { enum: readonly (infer Member)[] }
        ? Member
        : Schema extends { anyOf: readonly (infer Member)[] }
          ? Member extends unknown
            ? Value<Member, Side>
            : never
          : Schema extends { allOf: infer Members extends readonly unknown[] }
            ? All<Members, Side>
            : Schema extends { type: infer Name }
              ? Typed<Schema, Name, Side>
              : unknown
  type Typed<Schema, Name, Side extends 'encoded' | 'decoded'> = Name extends 'string'
    ? string
    : Name extends 'number' | 'integer'
      ? number
      : Name extends 'boolean'
        ? boolean
        : Name extends 'null'
          ? null
          : Schema extends { items: infer Items }
            ? Items extends readonly unknown[]
              ? { [Index in keyof Items]: Value<Items[Index], Side> }
              : Value<Items, Side>[]
            : Schema extends { properties: infer Properties }
              ? Fields<Properties, Side>
              : Schema extends { patternProperties: infer Patterns }
                ? { [name: string]: Value<Patterns[keyof Patterns], Side> }
                : unknown
  type All<Members extends readonly unknown[], Side extends 'encoded' | 'decoded'> = Members extends readonly [
    infer First,
    ...infer Others,
  ]
    ? Value<First, Side> & All<Others, Side>
    : unknown
  type IsOptional = { '~optional': true }
  type Fields<Properties, Side extends 'encoded' | 'decoded'> = {
    [Name in keyof Properties as Properties[Name] extends IsOptional ? never : Name]: Value<Properties[Name], Side>
  } & {
    [Name in keyof Properties as Properties[Name] extends IsOptional ? Name : never]?: Value<Properties[Name], Side>
  } extends infer Whole
    ? { [Name in keyof Whole]: Whole[Name] }
    : never
}

export type Static<Schema> = Type.Static<Schema>
export type StaticDecode<Schema> = Type.StaticDecode<Schema>
export type TSchema = Type.TSchema
