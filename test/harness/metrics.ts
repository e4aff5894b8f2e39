/** The samples of a Prometheus text, by name and labels as written there. */
export function samplesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

/** Reads /metrics. */
export async function scrape(adminUrl: string | undefined, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(new URL('/metrics', adminUrl), { headers })
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}`)
  return response.text()
}
