import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, extname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRequire } from 'node:module'
import { defineConfig } from 'vitepress'
import { tokenize } from './tokenize.js'

// Files with any other extension are taken for pages.
process.env.VITE_EXTRA_EXTENSIONS = 'go,java,php,py'

const require = createRequire(import.meta.url)
const root = resolve(fileURLToPath(import.meta.url), '../../../..')
const LICENSE = 'LICENSE'
/** Files that pages link to but that are not pages. */
const FILES = [
  LICENSE,
  'llms.txt',
  'config',
  'deploy',
  'docs/asyncapi.json',
  'docs/examples',
  'docs/openapi.json',
  'docs/schemas',
]

/** The sidebar is the index of the documentation: its sections, and the links in them. */
function sidebar(language) {
  const folder = `docs/${language}`
  const sections = readFileSync(join(root, folder, 'README.md'), 'utf8')
    .split(/^## /m)
    .slice(1)
  return sections.map((section) => ({
    text: section.split('\n')[0],
    items: [...section.matchAll(/^- \[([^\]]+)\]\(([^)]+)\.md\)/gm)].map(([, text, link]) => ({
      text,
      link: `/${folder}/${link}`,
    })),
  }))
}

/** Links that are neither to a page nor to a file that is copied would lead nowhere: what they say stays, as text. */
function adaptLinks(md) {
  md.core.ruler.push('links', (state) => {
    for (const { children } of state.tokens) {
      let isText = false
      for (const token of children ?? []) {
        if (token.type === 'link_open') isText = !adaptLink(token, state.env.relativePath)
        if (isText && /^link_(open|close)$/.test(token.type)) Object.assign(token, { tag: 'span', attrs: null })
      }
    }
  })
}

/** Whether a link leads somewhere. Folders are not pages: a link to one leads to the list generated for it. */
function adaptLink(link, page) {
  const href = link.attrGet('href')
  if (!href || /^[a-z]+:|^#/.test(href)) return true
  const [file] = href.split('#')
  const path = relative(root, resolve(root, dirname(page), file))
  if (path.endsWith('.md') || !existsSync(join(root, path))) return true
  if (!FILES.some((copied) => path === copied || path.startsWith(`${copied}/`))) return false
  if (isFolder(join(root, path))) link.attrSet('href', `${href.replace(/\/$/, '')}/index.html`)
  else if (extname(path) === '' && path !== LICENSE) link.attrSet('href', `${dirname(href)}/index.html`)
  return true
}

/** What stands in code is not for Vue. */
function keepCode(md) {
  md.core.ruler.push('code', (state) => {
    for (const { children } of state.tokens)
      for (const token of children ?? []) if (token.type === 'code_inline') token.attrSet('v-pre', '')
  })
}

/** Pictures are drawn by the browser. */
function drawMermaid(md) {
  const fence = md.renderer.rules.fence
  md.renderer.rules.fence = (tokens, index, ...rest) =>
    tokens[index].info === 'mermaid'
      ? `<Mermaid code="${encodeURIComponent(tokens[index].content)}" />`
      : fence(tokens, index, ...rest)
}

function isFolder(path) {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function listFolder(folder, outDir) {
  const names = readdirSync(folder).filter((name) => name !== 'index.html')
  const items = names.map(
    (name) => `<li><a href="${name}${isFolder(join(folder, name)) ? '/index.html' : ''}">${name}</a></li>`,
  )
  const title = relative(outDir, folder)
  writeFileSync(
    join(folder, 'index.html'),
    `<!doctype html><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><ul>${items.join('')}</ul>\n`,
  )
  for (const name of names) if (isFolder(join(folder, name))) listFolder(join(folder, name), outDir)
}

const words = {
  en: { outline: 'On this page', prev: 'Previous', next: 'Next' },
  zh: { outline: '本页内容', prev: '上一页', next: '下一页' },
}

function theme(language) {
  const { outline, prev, next } = words[language]
  const at = (page) => `/docs/${language}/${page}`
  const nav =
    language === 'en'
      ? [
          { text: 'Docs', link: at('README') },
          { text: 'Config', link: at('reference/config') },
          { text: 'Callbacks', link: at('reference/callbacks') },
        ]
      : [
          { text: '文档', link: at('README') },
          { text: '配置', link: at('reference/config') },
          { text: '回调', link: at('reference/callbacks') },
        ]
  const menu = language === 'zh' ? { sidebarMenuLabel: '目录', returnToTopLabel: '回到顶部' } : {}
  return {
    ...menu,
    nav,
    sidebar: sidebar(language),
    outline: { level: [2, 3], label: outline },
    docFooter: { prev, next },
  }
}

const searchWords = {
  button: { buttonText: '搜索', buttonAriaLabel: '搜索' },
  modal: {
    noResultsText: '没有找到',
    resetButtonTitle: '清除',
    displayDetails: '显示详细内容',
    footer: { selectText: '选择', navigateText: '切换', closeText: '关闭' },
  },
}

export default defineConfig({
  title: 'timhook',
  description: 'Receives the webhooks of Tencent Cloud IM / Chat and dispatches each one to plugins',
  srcDir: root,
  srcExclude: ['**/node_modules/**', '{test,bench,core,config,dist,coverage,deploy}/**', 'docs/site/node_modules/**'],
  rewrites: { 'docs/site/index.md': 'index.md' },
  outDir: './dist',
  cacheDir: './node_modules/.cache/vitepress',
  // VitePress does not know links to pages in the browser, or to copied files, which are not pages.
  ignoreDeadLinks: [/\/index$/, /LICENSE/, /llms\.txt/, /Caddyfile/],
  locales: {
    root: { label: 'English', lang: 'en', link: '/docs/en/README', themeConfig: theme('en') },
    'docs/zh': { label: '中文', lang: 'zh-CN', link: '/docs/zh/README', themeConfig: theme('zh') },
  },
  themeConfig: {
    i18nRouting: false,
    search: {
      provider: 'local',
      options: { miniSearch: { options: { tokenize } }, locales: { 'docs/zh': { translations: searchWords } } },
    },
  },
  markdown: {
    config: (md) => {
      adaptLinks(md)
      keepCode(md)
      drawMermaid(md)
    },
    languageAlias: { caddyfile: 'nginx', conf: 'ini' },
  },
  // Pages are outside this folder, where nothing is installed.
  vite: {
    publicDir: false,
    resolve: {
      alias: [
        { find: /^vue$/, replacement: require.resolve('vue/dist/vue.runtime.esm-bundler.js') },
        { find: /^vue\/server-renderer$/, replacement: require.resolve('vue/server-renderer') },
      ],
    },
  },
  buildEnd({ outDir }) {
    for (const path of FILES) {
      mkdirSync(dirname(join(outDir, path)), { recursive: true })
      cpSync(join(root, path), join(outDir, path), { recursive: true, filter: (name) => !name.endsWith('.ts') })
      if (isFolder(join(outDir, path))) listFolder(join(outDir, path), outDir)
    }
    // A link to a file without an ending is one to a page.
    const licence = readFileSync(join(root, LICENSE), 'utf8').replaceAll('<', '&lt;')
    writeFileSync(join(outDir, `${LICENSE}.html`), `<!doctype html><title>${LICENSE}</title><pre>${licence}</pre>\n`)
  },
})
