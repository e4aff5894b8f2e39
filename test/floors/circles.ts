/** Every cycle of imports found from the first file on, each as its files in order, the first one repeated. */
export function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = []
  const done = new Set<string>()

  const walk = (file: string, way: readonly string[]): void => {
    const start = way.indexOf(file)
    if (start >= 0) found.push([...way.slice(start), file])
    if (start >= 0 || done.has(file)) return
    for (const to of imports.get(file) ?? []) walk(to, [...way, file])
    done.add(file)
  }

  for (const file of imports.keys()) walk(file, [])
  return found
}
