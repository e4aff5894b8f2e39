import { expect } from 'chai'
import { TOKENS, type TestServer } from './server.ts'

/** The answer to every callback that is allowed or acknowledged, byte for byte. */
export const OK_TEXT = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'

/** A refusal, byte for byte. */
export function errorBody(status: number, info: string): string {
  return `{"ActionStatus":"FAIL","ErrorInfo":${JSON.stringify(info)},"ErrorCode":${status}}`
}

/** Fails unless the answer is an envelope that matches its HTTP status. */
export function expectEnvelope(status: number, text: string): void {
  const parsed = JSON.parse(text) as Record<string, unknown>
  expect(JSON.stringify(parsed), 'spacing').to.equal(text)
  const { ActionStatus, ErrorInfo, ErrorCode } = parsed
  expect(Object.keys(parsed).slice(0, 3)).to.deep.equal(['ActionStatus', 'ErrorInfo', 'ErrorCode'])
  expect(ErrorInfo).to.be.a('string')
  expect(ErrorInfo).not.to.include('\n')
  expect(Number.isInteger(ErrorCode)).to.equal(true)
  if (status === 200) expect(ActionStatus).to.equal('OK')
  else {
    expect(ActionStatus).to.equal('FAIL')
    expect(ErrorCode).to.equal(status)
    expect(ErrorInfo).not.to.equal('')
  }
}

const STACK = /\.[jt]s:\d+|node_modules|node:internal|internal error/

/** Fails if an answer or the log contains a secret or a stack, or if the next good request is not answered 200. */
export async function expectUnharmed(server: TestServer, output = '', secrets: readonly string[] = []): Promise<void> {
  for (const text of [output, ...server.lines]) {
    expect(text).not.to.match(STACK)
    for (const secret of [...TOKENS, ...secrets]) expect(text).not.to.include(secret)
  }
  const next = await server.post('Group.CallbackAfterGroupFull', { GroupId: `@TGS#next-${server.lines.length}` })
  expect([next.status, next.text]).to.deep.equal([200, OK_TEXT])
}
