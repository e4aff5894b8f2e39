/** The result of one examination. `fault` fails the command, `advice` does not. */
export interface Finding {
  readonly level: 'fine' | 'advice' | 'fault'
  readonly text: string
}

export function fine(text: string): Finding {
  return { level: 'fine', text }
}

export function advice(text: string): Finding {
  return { level: 'advice', text }
}

export function fault(text: string): Finding {
  return { level: 'fault', text }
}
