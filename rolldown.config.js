import { readFileSync } from 'node:fs'

/** One file in place of the many of a package, with its license. package.json names it in `imports`. */
const bundle = (name, license, input) => ({
  input,
  platform: 'node',
  output: {
    dir: `dist/${name}`,
    chunkFileNames: '[name].js',
    minify: true,
    banner: `/*!\n${readFileSync(`node_modules/${name}/${license}`, 'utf8').trim()}\n*/`,
  },
})

export default [
  // TypeBox comes in 540 files, and finding and reading those was half of the time that every command took to start.
  bundle('typebox', 'license', { index: 'typebox', schema: 'typebox/schema' }),
  // Kysely takes 7 MB, a quarter of what an installation may take, of which the archive needs this.
  bundle('kysely', 'LICENSE', { index: 'kysely' }),
]
