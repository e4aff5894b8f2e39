import { expect } from 'chai'
import { OK_TEXT, errorBody } from '../../harness/answers.ts'
import { recorder } from '../../harness/recorder.ts'
import { serve, UNSIGNED_APP } from '../../harness/server.ts'

const query = `SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y&Sign=a&RequestTime=1`

describe('a parameter given twice', () => {
  for (const name of ['SdkAppid', 'CallbackCommand', 'Sign', 'RequestTime']) {
    it(`is refused if it is ${name}`, async () => {
      const { request } = await serve()
      const reply = await request(`/?${query}&${name}=other`, { method: 'POST', body: '{}' })
      expect([reply.status, reply.text]).to.deep.equal([400, errorBody(400, `${name}: given twice`)])
    })

    it(`is refused if it is ${name}, even empty, encoded or with one value`, async () => {
      const { request } = await serve()
      const encoded = name.replace('S', '%53').replace('C', '%43').replace('R', '%52')
      for (const again of [name, `${name}=`, `${encoded}=1`, `${name}=${UNSIGNED_APP}`])
        expect((await request(`/?${query}&${again}`, { method: 'POST', body: '{}' })).status).to.equal(400)
    })
  }

  it('is refused before a foreign app is, and before the console check of the URL', async () => {
    const { request } = await serve()
    expect((await request('/?SdkAppid=9&SdkAppid=9', { method: 'POST' })).status).to.equal(400)
    expect((await request('/?CallbackCommand=&CallbackCommand=', { method: 'POST' })).status).to.equal(400)
  })

  it('is accepted if it decides nothing, and the first value counts', async () => {
    const { plugins, next } = recorder()
    const { request } = await serve({ plugins })
    const called = next()
    const reply = await request(`/?${query}&ClientIP=1.1.1.1&ClientIP=2.2.2.2&sdkappid=5`, {
      method: 'POST',
      body: '{}',
    })
    expect([reply.status, reply.text]).to.deep.equal([200, OK_TEXT])
    expect((await called).query).to.include({ ClientIP: '1.1.1.1', sdkappid: '5' })
  })
})
