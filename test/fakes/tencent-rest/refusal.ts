const TEXTS: Partial<Record<number, string>> = {
  10004: 'invalid parameter',
  10005: 'too many accounts or groups',
  10007: 'no permission, or not supported by this group type',
  10010: 'this group does not exist',
  10014: 'the group is full',
  10015: 'invalid group id',
  60002: 'HTTP parse Error',
  60007: 'rest api call frequency over limit',
  60009: 'no such service or command',
  70001: 'usersig expired',
  70009: 'usersig check failed',
  70050: 'usersig verification too frequent',
}

/** What makes a call answer a code other than 0, with HTTP status 200 as Tencent does. */
export class HttpError extends Error {
  readonly code: number

  constructor(code: number, info = TEXTS[code] ?? `error ${code}`) {
    super(info)
    this.code = code
  }
}

/** Ends the call with a code. */
export function refuse(code: number, info?: string): never {
  throw new HttpError(code, info)
}
