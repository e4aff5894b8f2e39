import { readdirSync, readFileSync } from 'node:fs'

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

/** The page's own style sheets, in the order of their names, after that of the plots. */
const styleSheets = () =>
  readdirSync('core/page/style')
    .toSorted()
    .map((name) => readFileSync(`core/page/style/${name}`, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s+/gm, ''))

/** Files beside app.js, as the server hands them out. */
const files = {
  name: 'files-of-the-page',
  generateBundle() {
    const plots = readFileSync('node_modules/uplot/dist/uPlot.min.css', 'utf8')
    const emit = (fileName, source) => this.emitFile({ type: 'asset', fileName, source })
    emit('app.css', [plots, ...styleSheets()].join('\n'))
    emit('index.html', readFileSync('core/page/index.html', 'utf8'))
  },
}

/** The page of the admin listener: it is complete as built, and takes nothing from anywhere else. */
const page = {
  input: { app: 'core/page/main.tsx' },
  platform: 'browser',
  transform: { target: 'es2022' },
  plugins: [files],
  output: {
    dir: 'dist/page',
    minify: true,
    codeSplitting: false,
    banner: ['preact', 'uplot']
      .map((name) => `/*! ${name}\n${readFileSync(`node_modules/${name}/LICENSE`, 'utf8').trim()}\n*/`)
      .join('\n'),
  },
}

export default [
  // TypeBox comes in 540 files, and finding and reading those was half of the time that every command took to start.
  bundle('typebox', 'license', { index: 'typebox', schema: 'typebox/schema' }),
  // Kysely takes 7 MB, a quarter of what an installation may take, of which the archive needs this.
  bundle('kysely', 'LICENSE', { index: 'kysely' }),
  page,
]
