import type { Appender, Row } from '../../../../../core/delivery/engines/redis/append/append-batch.ts'

/** Resolves once the row is stored. */
export function append(
  appender: Appender,
  row: Row,
  entered: (entry: string) => void = () => undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    appender.append(row, 0, { stored: () => resolve(), failed: reject, entered })
  })
}
