/** A group at one point in time. */
export interface Snapshot {
  readonly type: 'Work' | 'Public' | 'Meeting' | 'Community'
  readonly members: number
  readonly cap: number
  /** Empty in a Work group whose owner has left. */
  readonly owner: string
  readonly nextMsgSeq?: number
}
