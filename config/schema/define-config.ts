import type { ConfigInput } from './schema.ts'

/** Gives a config module its types: `export default defineConfig({ apps: [...] })`. It returns its argument unchanged and unchecked. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config
}
