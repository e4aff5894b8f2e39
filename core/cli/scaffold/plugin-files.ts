import { pluginConfig, pluginReadme } from './plugin-texts.ts'
import { pluginSource, pluginTest } from './plugin-source.ts'

export interface Scaffold {
  /** The plugin's name, such as `words`; its package is `timhook-plugin-words`. */
  readonly name: string
  readonly language: 'ts' | 'js'
  /** The version of this timhook. */
  readonly version: string
  /** What npm installs timhook from: a range of versions, or `file:…`. */
  readonly timhook: string
}

/** The files of a new plugin's package, by path. */
export function pluginFiles(scaffold: Scaffold): Record<string, string> {
  const { name, language } = scaffold
  const folder = language === 'ts' ? 'src' : '.'
  const at = (file: string): string => (folder === '.' ? file : `${folder}/${file}`)
  return {
    'package.json': json(manifest(scaffold)),
    ...(language === 'ts' && { 'tsconfig.json': json(TSCONFIG) }),
    '.gitignore': 'node_modules/\ndata/\n*.tgz\n' + (language === 'ts' ? 'dist/\n' : ''),
    [at(`index.${language}`)]: pluginSource(name),
    [at(`index.test.${language}`)]: pluginTest(language),
    'config/dev.yaml': pluginConfig(mainOf(language)),
    'README.md': pluginReadme(name),
  }
}

function mainOf(language: Scaffold['language']): string {
  return language === 'ts' ? './dist/index.js' : './index.js'
}

function manifest({ name, language, version, timhook }: Scaffold): object {
  const isTs = language === 'ts'
  const test = `node --test ${isTs ? 'dist/index.test.js' : 'index.test.js'}`
  return {
    name: `timhook-plugin-${name}`,
    version: '0.1.0',
    description: `A timhook plugin: ${name}`,
    keywords: ['timhook-plugin', 'timhook', 'tencent', 'im'],
    type: 'module',
    exports: isTs ? { '.': { types: './dist/index.d.ts', default: './dist/index.js' } } : './index.js',
    files: isTs ? ['dist', '!dist/**/*.test.*'] : ['index.js'],
    scripts: {
      ...(isTs && { build: 'tsc' }),
      test: isTs ? `tsc && ${test}` : test,
      dev: `timhook dev --config config/dev.yaml${isTs ? ' --with "tsc --watch --preserveWatchOutput"' : ''}`,
      doctor: `timhook doctor ${mainOf(language)}`,
      ...(isTs && { prepack: 'tsc' }),
    },
    peerDependencies: { timhook: `^${version}` },
    devDependencies: {
      timhook,
      ...(isTs && { '@types/node': '^20.19.0', typescript: '^7.0.2' }),
    },
    engines: { node: '>=20.19' },
  }
}

const TSCONFIG = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    rootDir: 'src',
    outDir: 'dist',
    declaration: true,
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noFallthroughCasesInSwitch: true,
    noImplicitOverride: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    rewriteRelativeImportExtensions: true,
  },
  include: ['src'],
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
