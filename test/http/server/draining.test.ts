import { expect } from 'chai'
import { OK_TEXT } from '../../harness/answers.ts'
import { openConnection, requestText } from '../../harness/connection.ts'
import { serve, UNSIGNED_APP } from '../../harness/server.ts'

describe('a server that is about to stop', () => {
  it('goes on answering, and asks clients to close their connections', async () => {
    const { server, bus, port } = await serve()
    const connection = await openConnection(port)
    const request = requestText(`POST /?SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y`, '{}')
    connection.send(request)
    expect((await connection.answer()).head).to.match(/\r\nConnection: keep-alive\r\n/)
    const draining = bus.next('server:draining')
    const stopped = server.stop({ drainMs: 2000 })
    await draining
    connection.send(request)
    const answer = await connection.answer()
    expect(answer).to.include({ status: 200, body: OK_TEXT })
    expect(answer.head).to.match(/\r\nConnection: close(?:\r\n|$)/)
    await connection.closed
    await stopped
  })
})
