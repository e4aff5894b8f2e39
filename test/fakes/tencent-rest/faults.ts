/** Something that goes wrong with a call. */
export interface Fault {
  /** The command that it happens to; any, unless given. */
  command?: string
  /** The group that it happens in; any, unless given. */
  group?: string
  /** To how many calls; 1 unless given. */
  times?: number
  /** Calls that pass before it happens. */
  after?: number
  /** Whether the command is carried out all the same. */
  effect?: boolean
  /** How long the answer is kept back, in milliseconds. */
  delayMs?: number
  /** What is answered: a code; a page; nothing at all; a broken connection. Without it, what the command answers. */
  answer?: { code: number; info?: string } | { status: number; text: string } | 'hang' | 'drop'
  /** Changes what the command answers. */
  edit?: (answer: Record<string, unknown>) => Record<string, unknown>
}

/** What a gateway in front of Tencent answers when it has nobody to ask. */
export const BAD_GATEWAY = { status: 502, text: '<html><title>502 Bad Gateway</title></html>' }
/** A page where an answer should be. */
export const HTML = { status: 200, text: '<html>please log in</html>' }

/** The faults that are still to happen, in order. */
export class Faults {
  readonly #waiting: Required<Pick<Fault, 'times' | 'after'>>[] & Fault[] = []

  add(fault: Fault): void {
    this.#waiting.push({ times: 1, after: 0, ...fault })
  }

  /** The fault that happens to this call, if any. */
  take(command: string, group?: string): Fault | undefined {
    for (const fault of this.#waiting) {
      if (fault.command !== undefined && fault.command !== command) continue
      if (fault.group !== undefined && fault.group !== group) continue
      if (fault.after > 0) {
        fault.after--
        continue
      }
      if (fault.times <= 0) continue
      fault.times--
      return fault
    }
    return undefined
  }
}
