import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { expect } from 'chai'
import { createFilter } from '../../../plugins/keyword-filter/filter.ts'
import { folderWith } from '../../harness/cli.ts'
import { testPlugin } from '../../../core/testing.ts'
import { optionsWith } from './filtered.ts'

async function fault(options: object): Promise<string> {
  const failed = await testPlugin('keyword-filter', { options }).catch((error: unknown) => error)
  return failed instanceof Error ? failed.message : ''
}

describe('keyword-filter: the start is refused', () => {
  const rows: [what: string, options: object, message: string | RegExp][] = [
    ['without words', {}, 'keyword-filter could not be set up: options: expected words, or file, or both'],
    ['with an empty word', { words: ['ok', ''] }, 'options.words[1] is empty'],
    ['with a blank word', { words: ['  '] }, 'options.words[0] is empty'],
    ['with a word of wildcards', { words: ['*', '?*?'] }, /words\[0\] needs a character.*; options\.words\[1\] needs/],
    ['with a word that nobody sees', { words: ['\u200b*'] }, 'words[0] needs a character other than * and ?'],
    ['with a word of more than 100 characters', { words: ['a'.repeat(101)] }, 'longer than 100 characters'],
    ['with a long glob', { words: [`a${'?'.repeat(100)}`] }, 'longer than 100 characters'],
    ['with a mask of two characters', { words: ['a'], mask: '**' }, 'options.mask: expected one character'],
    ['with a mask that joins others', { words: ['a'], mask: '\u0301' }, 'options.mask: expected one character'],
    ['with an unknown action', { words: ['a'], action: 'masks' }, /action: .*mask/],
    ['with a code of another range', { words: ['a'], codes: { c2c: 10100 } }, /codes\.c2c: .*120001 to 130000/],
    ['with a group code of another range', { words: ['a'], codes: { group: 1 } }, /codes\.group: .*10100 to 10200/],
    ['with a misspelt option', { words: ['a'], wholeWord: true }, /did you mean "?wholeWords/],
    ['with a word that is no text', { words: [5] }, 'words[0]'],
    ['with a file that is not there', { file: 'no/such.txt' }, /no\/such\.txt cannot be read \(ENOENT\); .*working/],
  ]
  for (const [what, options, message] of rows)
    it(what, async () => {
      expect(await fault(options)).to.match(message instanceof RegExp ? message : new RegExp(quoted(message)))
    })

  it('with every word that is wrong, by its line', async () => {
    const folder = await folderWith({ 'words.txt': '# list\r\ngood\r\n***\r\n\r\n???' })
    const file = join(folder, 'words.txt')
    expect(await fault({ words: [''], file }))
      .to.contain('options.words[0] is empty; ')
      .and.contain(`${file}:3 needs a character`)
      .and.contain(`${file}:5 needs a character`)
  })

  it('and names ten of very many', async () => {
    const message = await fault({ words: Array.from({ length: 30 }, () => '*') })
    expect(message).to.match(/words\[9\] [^;]*; and 20 more \(at /)
  })

  it('with a file that holds no words', async () => {
    const folder = await folderWith({ 'words.txt': '\ufeff# nothing\n\n  \n' })
    expect(await fault({ file: join(folder, 'words.txt') })).to.contain('words.txt: there are no words in it')
  })

  it('with a file that is not UTF-8, such as one in GBK', async () => {
    const file = join(await folderWith({}), 'gbk.txt')
    await writeFile(file, Buffer.from([0xba, 0xec, 0xb0, 0xfc]))
    expect(await fault({ file })).to.contain('gbk.txt is not UTF-8')
  })
})

describe('keyword-filter: words', () => {
  it('come from a file, with a byte order mark, comments, blank lines and any line ends', async () => {
    const text = '\ufeff红包\r\n# a comment\n\n  bad word  \rC#\n\\# literal'
    const file = join(await folderWith({ 'words.txt': text }), 'words.txt')
    const filter = await createFilter(optionsWith({ file, words: ['more'] }))
    expect(filter.words).to.equal(5)
    expect(filter.mask('红包|bad word|c#|# literal|more|a comment').text).to.equal(
      '**|********|**|*********|****|a comment',
    )
  })

  it('that are the same are counted once', async () => {
    const filter = await createFilter(optionsWith({ words: ['bad', 'BAD', 'ｂａｄ', 'ba*d', 'ba**d'] }))
    expect(filter.words).to.equal(2)
  })

  it('may be ten thousand, for a text of 12 KB', async () => {
    const words = Array.from({ length: 10_000 }, (_, index) => `word${index}x${index % 3 === 0 ? '*y?z' : ''}`)
    const filter = await createFilter(optionsWith({ words }))
    const masked = filter.mask('word9998x word9999x yoz '.repeat(500))
    expect(masked.text).to.equal('********* ************* '.repeat(500))
  })
})

function quoted(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&')
}
