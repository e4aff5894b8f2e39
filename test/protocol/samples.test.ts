import { expect } from 'chai'
import { Compile } from '#typebox/schema'
import { commands } from '../../core/protocol/commands.ts'
import type { MsgElement } from '../../core/protocol/msg-body.ts'
import { elements } from '../../core/protocol/msg-body.ts'

interface AnyBody {
  CallbackCommand?: string
  Events?: { CallbackCommand?: string }[]
  MsgBody?: MsgElement[]
}

const WITHOUT_COMMAND = ['ContentCallback.ResultNotify', 'Push.AllMemberPush', 'Push.OfflinePush']

function groupIds(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    /^(GroupId|GroupID|ToGroupId)$/.test(name) ? [inner] : groupIds(inner),
  )
}

describe('the sample of', () => {
  for (const [command, { request, sample }] of commands) {
    describe(command, () => {
      const body = sample as AnyBody

      it('fits its own schema', () => {
        const [fits, errors] = Compile(request).Errors(sample)
        expect(errors).to.deep.equal([])
        expect(fits).to.equal(true)
      })

      it('holds the command where bodies do', () => {
        const expected = WITHOUT_COMMAND.includes(command) ? undefined : command
        expect(body.CallbackCommand).to.equal(expected)
        for (const event of body.Events ?? []) expect(event.CallbackCommand).to.equal(command)
      })

      it('name only the sample group', () => {
        for (const id of groupIds(sample)) expect(id).to.equal('@TGS#TIMHOOK-SAMPLE')
      })

      it('holds a message only of elements that are known', () => {
        for (const { MsgType, MsgContent } of body.MsgBody ?? []) {
          const content = elements.get(MsgType)
          expect(content && Compile(content).Check(MsgContent)).to.equal(true)
        }
      })

      it('is another body when the command is another one', () => {
        expect(Compile(request).Check({ ...sample, CallbackCommand: 'Other.Command' })).to.equal(false)
      })
    })
  }
})
