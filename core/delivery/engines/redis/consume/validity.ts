/** Whether our leases can be relied on just now. */
export interface Validity {
  isValid(): boolean
  /** Resolves when they have been renewed, or will not be any more. */
  renewed(): Promise<void>
}
