import { expect } from 'chai'
import { expectUnharmed, errorBody } from '../../harness/answers.ts'
import { eventsOf, serve } from '../../harness/server.ts'

const array = 'body: expected a JSON object, got an array'
const notJson = 'body: is not JSON'

const bodies: [string, string, string][] = [
  ['empty', '', 'body: is empty; expected a JSON object'],
  ['white space', ' \t\r\n ', notJson],
  ['null', 'null', 'body: expected a JSON object, got null'],
  ['an array', '[]', array],
  ['an array of a callback', '[{"GroupId":"g"}]', array],
  ['an array 10,000 deep', '['.repeat(10_000) + ']'.repeat(10_000), array],
  ['an array 100,000 deep', '['.repeat(100_000) + ']'.repeat(100_000), array],
  ['a number', '42', 'body: expected a JSON object, got a number'],
  ['a number beyond 2^53', '12345678901234567890', 'body: expected a JSON object, got a string'],
  ['a string', '"{}"', 'body: expected a JSON object, got a string'],
  ['true', 'true', 'body: expected a JSON object, got a boolean'],
  ['cut off', '{"GroupId":"@TGS#', notJson],
  ['cut off within 10,000 levels', '{"a":'.repeat(10_000), notJson],
  ['two objects', '{}{}', notJson],
  ['a form', 'GroupId=g', notJson],
  ['XML', '<?xml version="1.0"?><a/>', notJson],
  ['with a trailing comma', '{"GroupId":"g",}', notJson],
  ['with NaN', '{"GroupId":NaN}', notJson],
  ['with single quotes', "{'GroupId':'g'}", notJson],
  ['with a NUL', '{"GroupId":"g"}\0', notJson],
  ['undefined', 'undefined', notJson],
]

describe('a body that is no JSON object', () => {
  for (const [what, body, info] of bodies)
    it(`is refused: ${what}`, async () => {
      const server = await serve()
      const failed = eventsOf(server.bus, 'server:failed')
      const { status, text, headers } = await server.post('Group.CallbackAfterGroupFull', body)
      expect([status, text]).to.deep.equal([400, errorBody(400, info)])
      expect(headers.get('content-type')).to.equal('application/json')
      await expectUnharmed(server, text)
      expect(failed).to.deep.equal([])
    })

  it('is refused without quoting it, in the answer and in the log', async () => {
    const server = await serve()
    const { text } = await server.post('Group.CallbackBeforeSendMsg', '{"Text": my secret message')
    await expectUnharmed(server, text, ['secret message'])
  })
})
