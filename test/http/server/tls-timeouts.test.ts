import { once } from 'node:events'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { expect } from 'chai'
import { readTls } from '../../../core/http/server/tls.ts'
import { Bus } from '../../../core/observe/bus.ts'
import { OK } from '../../../core/protocol/envelope.ts'
import { errorBody } from '../../harness/answers.ts'
import { folderWith } from '../../harness/cli.ts'
import { requestText } from '../../harness/connection.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { serveDispatch } from '../../harness/parts.ts'
import { makeCertificate, writeCertificate } from '../../harness/servers/certificates.ts'
import { eventsOf, UNSIGNED_APP } from '../../harness/server.ts'
import { parseResponse } from '../../harness/wire.ts'

const LINE = `POST /?SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y`

describe('under TLS', () => {
  it('a head and a body that do not come in time get 408, and their connections end', async () => {
    const folder = await folderWith({})
    const ca = await makeCertificate('ca')
    await writeCertificate(folder, 'a', await makeCertificate('server', { by: ca }))
    const tls = readTls({ cert: join(folder, 'a.pem'), key: join(folder, 'a.key') })
    const bus = new Bus()
    const rejected = eventsOf(bus, 'callback:rejected')
    const { server, port } = await serveDispatch(async () => ({ status: 200, text: OK }), bus, { tls })
    const answerTo = async (sent: string): Promise<[status: number, body: string]> => {
      const socket = connect({ port, host: '127.0.0.1', ca: ca.cert })
      stopAfterTest(async () => void socket.destroy())
      await once(socket, 'secureConnect')
      let text = ''
      socket.on('data', (bytes: Buffer) => (text += bytes.toString()))
      socket.write(sent)
      await once(socket, 'close')
      const { status, body } = parseResponse(text)
      return [status, body]
    }
    expect(await answerTo(requestText(LINE, '{"a":', ['Content-Length: 7']))).to.deep.equal([
      408,
      errorBody(408, 'body: did not arrive in time'),
    ])
    server.headersTimeout = 100
    expect(await answerTo(`${LINE} HTTP/1.1\r\nHost: t\r\nX-Slow`)).to.deep.equal([
      408,
      errorBody(408, 'request: did not arrive in time'),
    ])
    expect(rejected.map(({ status }) => status)).to.deep.equal([408, 408])
  })
})
