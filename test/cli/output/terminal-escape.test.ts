import { expect } from 'chai'
import { columns, jsonLine, escapeControls, row, widthOf } from '../../../core/cli/output/terminal-escape.ts'

const ESC = '\u001b'

describe('what commands print', () => {
  it('holds nothing that a terminal obeys', () => {
    const evil = `${ESC}[31m \u009b2J \u0007 \r\n\t \u202e \u200b \u007f \ud800 end`
    expect(escapeControls(evil)).to.equal(
      '\\u001b[31m \\u009b2J \\u0007 \\u000d\\u000a\\u0009 \\u202e \\u200b \\u007f \\ud800 end',
    )
    expect(escapeControls('群组 café 😀 \ud83d\ude00')).to.equal('群组 café 😀 \ud83d\ude00')
  })

  it('is JSON where it is to be, and says the same', () => {
    const value = { text: `${ESC}[0m \u009b \u202e "quoted" 群` }
    const line = jsonLine(value)
    expect(line).to.match(/^[^\p{Cc}\u202e]+\n$/u)
    expect(JSON.parse(line)).to.deep.equal(value)
  })

  it('stands in columns, Chinese too', () => {
    expect(['a群', 'é', 'e\u0301', '😀', 'ｆ'].map(widthOf)).to.deep.equal([3, 1, 1, 2, 2])
    const lines = [
      ['插件', 'x'],
      ['plugin', 'y'],
      ['much longer', 'z'],
      ['last', ''],
    ].map((texts) => columns(texts, [8]))
    expect(lines).to.deep.equal(['插件      x\n', 'plugin    y\n', 'much longer  z\n', 'last\n'])
  })

  it('takes two lines where the terminal is narrow', () => {
    const table = { widths: [4, 4, 4], first: 2 }
    expect(row(['a', 'b', 'c'], table, 80)).to.equal('a     b\n    c\n')
    expect(row(['a', 'b', 'c'], table, 120)).to.equal('a     b     c\n')
  })
})
