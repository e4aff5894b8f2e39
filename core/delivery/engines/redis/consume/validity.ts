/** Tells whether the leases of this process are valid now. */
export interface Validity {
  isValid(): boolean
  /** Resolves when they were renewed, or will never be. */
  renewed(): Promise<void>
}
