import type uPlot from 'uplot'

export interface Curve {
  readonly label: string
  readonly values: readonly (number | null)[]
  /** A custom property of the style sheet. */
  readonly colour: string
  readonly isFilled?: boolean
  readonly isDashed?: boolean
}

const SYNC = 'time'
const FONT = '11px system-ui, sans-serif'

/** The colour that a custom property of the style sheet has now. */
function cssColour(property: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${property})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

interface PlotSettings {
  readonly curves: readonly Curve[]
  readonly format: (value: number) => string
  readonly size: { readonly width: number; readonly height: number }
  readonly spanMs: number
  /** Called with the value under the cursor. */
  readonly onCursor: (index: number | undefined) => void
}

/** Plain curves: thin lines, few labels, no controls. */
export function plotOptions({ curves, format, size, spanMs, onCursor }: PlotSettings): uPlot.Options {
  const axis = { stroke: cssColour('--muted'), font: FONT, ticks: { show: false } }
  const grid = { stroke: cssColour('--line'), width: 1 }
  return {
    ...size,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: SYNC }, drag: { x: false, y: false }, points: { size: 6 }, y: false },
    scales: {
      x: { range: (_, __, to) => [to - spanMs / 1000, to] },
      y: { range: (_, __, most) => [0, Math.max(most * 1.1, 1)] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 26, space: 64, values: (_, splits) => splits.map(hourText) },
      { ...axis, grid, size: 56, space: 32, values: (_, splits) => splits.map(format) },
    ],
    series: [{}, ...curves.map(seriesOf)],
    hooks: { setCursor: [({ cursor }) => onCursor(cursor.idx ?? undefined)] },
  }
}

function seriesOf({ label, colour, isFilled, isDashed }: Curve): uPlot.Series {
  const stroke = cssColour(colour)
  return {
    label,
    stroke,
    width: isDashed ? 1 : 1.5,
    points: { show: false },
    ...(isDashed && { dash: [6, 4] }),
    ...(isFilled && { fill: stroke.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.12)') }),
  }
}

function hourText(seconds: number): string {
  const date = new Date(seconds * 1000)
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`
}
