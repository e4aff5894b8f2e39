import { useEffect, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import { clockText } from '../text/times.ts'
import { type Curve, plotOptions } from './plot-options.ts'

export interface PlotProps {
  readonly title: string
  /** A short sentence for those who cannot see the plot. */
  readonly summary: string
  /** Milliseconds since 1970 of each value. */
  readonly times: readonly number[]
  readonly curves: readonly Curve[]
  readonly format: (value: number) => string
  /** How much time is shown, whether there are values for all of it or not. */
  readonly spanMs: number
}

const HEIGHT = 150

/** Curves over time. All plots share the cursor, and the caption shows the values under it. */
export function Plot({ title, summary, times, curves, format, spanMs }: PlotProps) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const [under, setUnder] = useState<number>()
  const data = [times.map((at) => at / 1000), ...curves.map(({ values }) => values)] as unknown as uPlot.AlignedData
  const latest = useRef(data)
  latest.current = data
  const shape = curves.map(({ label }) => label).join()

  useEffect(() => {
    const element = box.current
    if (!element) return undefined
    const build = (): void => {
      plot.current?.destroy()
      const size = { width: element.clientWidth, height: HEIGHT }
      plot.current = new uPlot(
        plotOptions({ curves, format, size, spanMs, onCursor: setUnder }),
        latest.current,
        element,
      )
    }
    build()
    const sizes = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }))
    sizes.observe(element)
    // Colours are part of the drawing, so redraw it when they change.
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    const themes = new MutationObserver(build)
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    scheme.addEventListener('change', build)
    return () => {
      sizes.disconnect()
      themes.disconnect()
      scheme.removeEventListener('change', build)
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [shape, spanMs])

  useEffect(() => plot.current?.setData(data), [times, curves])

  const at = under ?? times.length - 1
  return (
    <figure class="card plot">
      <figcaption>
        <h2>{title}</h2>
        <span class="legend" aria-hidden="true">
          {under !== undefined && <span class="muted">{clockText(times[at] ?? 0)}</span>}
          {curves
            .filter(({ isDashed }) => isDashed !== true)
            .map(({ label, values, colour }) => (
              <span>
                <Swatch colour={colour} /> {curves.length > 1 && label} {valueText(values[at], format)}
              </span>
            ))}
        </span>
      </figcaption>
      <div ref={box} role="img" aria-label={summary} class="canvas" />
    </figure>
  )
}

function Swatch({ colour }: { colour: string }) {
  const ref = useRef<HTMLElement>(null)
  useEffect(() => {
    if (ref.current) ref.current.style.background = `var(${colour})`
  }, [colour])
  return <i ref={ref} class="swatch" />
}

function valueText(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? '–' : format(value)
}
