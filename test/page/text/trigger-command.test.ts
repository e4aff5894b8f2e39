import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { triggerCommand } from '../../../core/page/text/trigger-command.ts'

/** Runs what was copied in a shell whose `timhook` says what it was given, in place of the real one. */
function run(text: string): { args: string[]; input: string; stderr: string } {
  const told = `timhook() { printf '%s\\n' "$@" end; case "$*" in *--raw*) cat;; esac; }\n`
  const { stdout, stderr } = spawnSync('bash', ['-c', told + text], { encoding: 'utf8' })
  const [args = '', input = ''] = stdout.split('\nend\n')
  return { args: args.split('\n'), input, stderr }
}

describe('what is copied as `timhook trigger`', () => {
  const COMMAND = 'Group.CallbackAfterGroupFull'

  it('sends the same body to the same app', () => {
    const body = '{"GroupId":"@TGS#1","Text":"it\'s $(date) `id` \\"quoted\\" 你好","Big":144115231875887464001}'
    const { args, input } = run(triggerCommand(COMMAND, 14, body))
    expect(args).to.deep.equal(['trigger', COMMAND, '--app', '14', '--raw', '/dev/stdin'])
    expect(input.trim()).to.equal(body)
  })

  it('runs nothing that a body or a command says', () => {
    const bodies = [
      '{"a":"x"}\nJSON\necho broken >&2\n',
      JSON.stringify({ a: '\nJSON\necho broken >&2\n' }),
      '{\n"a": "b"\n}',
      JSON.stringify({ a: '\u001B[201~; echo broken >&2\r', b: '\u2028\u202E' }),
    ]
    for (const body of bodies) {
      const { input, stderr } = run(triggerCommand(COMMAND, 14, body))
      expect(stderr, body).to.equal('')
      // eslint-disable-next-line no-control-regex
      expect(input, body).to.match(/^[\u0020-\u007E\n]*$/)
    }
    const { args, stderr } = run(triggerCommand(`x'; echo broken >&2; '\n$(id)`, 14, '{}'))
    expect([args[1], stderr]).to.deep.equal([`x'; echo broken >&2; '$(id)`, ''])
  })

  it('sends the sample where there is no body, or one that is no JSON', () => {
    for (const body of [undefined, 'JSON\nrm -rf x']) {
      expect(triggerCommand(COMMAND, 14, body)).to.equal(`timhook trigger ${COMMAND} --app 14`)
    }
  })
})
