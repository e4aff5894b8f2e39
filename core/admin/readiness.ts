/** Whether the server should get callbacks. */
export interface Readiness {
  /** Maps each check to the reason why it fails, or to undefined if it passes. */
  readonly checks: Readonly<Record<string, string | undefined>>
  /** Warnings for the operator. They do not affect readiness. */
  readonly notes?: Readonly<Record<string, string | undefined>>
}
