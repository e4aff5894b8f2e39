/** A request that is not accepted: thrown by a step of the webhook, answered as the envelope with this status. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number

  /** @param reason one line that names the fault and nothing secret */
  constructor(status: number, reason: string) {
    super(reason)
    this.status = status
  }
}
