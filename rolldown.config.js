import { readFileSync } from 'node:fs'

// TypeBox comes in 540 files, and finding and reading those was half of the time that every command took to start. In
// package.json `#typebox` names these two in their place, and TypeBox itself for the types.
export default {
  input: { index: 'typebox', schema: 'typebox/schema' },
  platform: 'node',
  output: {
    dir: 'dist/typebox',
    chunkFileNames: '[name].js',
    banner: `/*!\n${readFileSync('node_modules/typebox/license', 'utf8').trim()}\n*/`,
  },
}
