// The package has types for its converters, not for its tables.
declare module 'opencc-js/dict/TSCharacters' {
  /** `traditional simplified` pairs, separated by `|`; of several simplified characters the usual one comes first. */
  const pairs: string
  export default pairs
}
