import { parseBody, type FakeCall } from './call-log.ts'
import { addGroupMember } from './commands/membership.ts'
import { services } from './commands/table.ts'
import type { Fault } from './faults.ts'
import { Gate, Rates, type GateSettings } from './gate.ts'
import type { Body } from './read.ts'
import { HttpError, refuse } from './refusal.ts'
import type { World } from './world.ts'

/** Calls per second that Tencent allows where its documents name another number than 200. */
const PER_SECOND: Partial<Record<string, number>> = { get_appid_group_list: 1, get_history: 10 }

/** Makes the answers: checks, the command, and the envelope around what it says. */
export class Answerer {
  readonly #world: World
  readonly #gate: Gate
  readonly #rates = new Rates()
  readonly #perSecond: number | undefined
  #serial = 0

  constructor(world: World, settings: GateSettings & { perSecond?: number | undefined }) {
    this.#world = world
    this.#gate = new Gate(settings)
    this.#perSecond = settings.perSecond
  }

  /** The answer to a call. A fault with a code is answered in place of the command, or after it. */
  answer(call: FakeCall, fault?: Fault): Body {
    const given = typeof fault?.answer === 'object' && 'code' in fault.answer ? fault.answer : undefined
    try {
      const own = !given || fault?.effect === true ? this.#run(call) : {}
      if (given) refuse(given.code, given.info)
      return this.#envelope(0, '', own)
    } catch (error) {
      if (error instanceof HttpError) return this.#envelope(error.code, error.message, {})
      throw error
    }
  }

  /** What a join from a client comes to: the code of it. */
  joined(GroupId: string, account: string): number {
    try {
      addGroupMember(this.#world, { GroupId, MemberList: [{ Member_Account: account }] })
      return 0
    } catch (error) {
      if (error instanceof HttpError) return error.code
      throw error
    }
  }

  /** @throws Refusal */
  #run({ path, method, query, command, text }: FakeCall): Body {
    const [, version, service = ''] = path.split('/')
    if (version !== 'v4' || method !== 'POST') refuse(60002)
    this.#gate.check(query)
    this.#rates.count(command, this.#perSecond ?? PER_SECOND[command] ?? 200, this.#world.now())
    const run = (services[service] ?? refuse(60009))[command] ?? refuse(10003)
    return run(this.#world, parseBody(text) ?? refuse(service === 'openim' ? 90001 : 60003))
  }

  #envelope(code: number, info: string, own: Body): Body {
    const { noErrorInfo, noActionStatus, requestId } = this.#world.oddities
    return {
      ...(!noActionStatus && { ActionStatus: code === 0 ? 'OK' : 'FAIL' }),
      ErrorCode: code,
      ...(!noErrorInfo && { ErrorInfo: info }),
      ...(requestId && { ErrorDisplay: '', RequestId: `fake-${++this.#serial}` }),
      ...own,
    }
  }
}
