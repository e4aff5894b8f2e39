interface Curve {
  readonly name: string
  readonly points: readonly { readonly processes: number; readonly rate: number }[]
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [720, 400, 70, 100, 20, 40]
const COLORS = ['#2468b4', '#c0392b', '#2a8a4a']
const PROCESSES = [1, 200] as const
const RATES = [1000, 100_000] as const

/** Callbacks per second that one database can take, by number of processes. Both axes are logarithmic. */
export function plotCapacity(curves: readonly Curve[]): string {
  const x = (processes: number): string => (LEFT + share(processes, PROCESSES) * (WIDTH - LEFT - RIGHT)).toFixed(1)
  const y = (rate: number): string => (HEIGHT - BOTTOM - share(rate, RATES) * (HEIGHT - TOP - BOTTOM)).toFixed(1)
  const across = [1000, 3000, 10_000, 30_000, 100_000].map(
    (rate) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(rate)}" y2="${y(rate)}" stroke="#ddd"/>` +
      `<text x="${LEFT - 8}" y="${y(rate)}" dy="4" text-anchor="end">${rate.toLocaleString('en')}</text>`,
  )
  const along = [1, 2, 4, 8, 16, 32, 64, 200].map(
    (n) => `<text x="${x(n)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${n}</text>`,
  )
  const lines = curves.map(({ name, points }, n) => {
    const color = COLORS[n % COLORS.length]
    const last = points.at(-1) ?? { processes: 1, rate: 1000 }
    const path = points.map(({ processes, rate }) => `${x(processes)},${y(rate)}`).join(' ')
    const dots = points.map(
      ({ processes, rate }) => `<circle cx="${x(processes)}" cy="${y(rate)}" r="3.5" fill="${color}"/>`,
    )
    const label = `<text x="${x(last.processes)}" y="${y(last.rate)}" dx="10" dy="4" fill="${color}">${name}</text>`
    return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"/>${dots.join('')}${label}`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">
<rect width="100%" height="100%" fill="#fff"/>
${[...across, ...along, ...lines].join('\n')}
<text x="${LEFT}" y="${HEIGHT - 6}">processes of one database; callbacks a second by the model, both axes logarithmic</text>
</svg>
`
}

function share(value: number, [low, high]: readonly [low: number, high: number]): number {
  return Math.log(Math.max(low, Math.min(high, value)) / low) / Math.log(high / low)
}
