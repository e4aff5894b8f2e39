import { clockText, fullTime, shortTime } from '../text/times.ts'

/** A time in the viewer's zone; the whole of it, with the offset, on hovering and for machines. */
export function Time({ at, form = 'full' }: { at: number; form?: 'full' | 'short' | 'clock' }) {
  const text = form === 'full' ? fullTime(at) : form === 'clock' ? clockText(at) : shortTime(at, Date.now())
  return (
    <time dateTime={new Date(at).toISOString()} title={fullTime(at)}>
      {text}
    </time>
  )
}
