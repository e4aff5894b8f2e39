import { useEffect } from 'preact/hooks'

interface Ref {
  readonly current: HTMLElement | null
}

/** `j` and `k` move through the links of a list, `/` goes to the first filter. Enter opens a link by itself. */
export function useListKeys(list: Ref, filters: Ref): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (event.key === '/') filters.current?.querySelector('input')?.focus()
      else if (event.key === 'j') move(list, 1)
      else if (event.key === 'k') move(list, -1)
      else return
      event.preventDefault()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, dialog') !== null
}

function move({ current }: Ref, by: number): void {
  const links = [...(current?.querySelectorAll('a') ?? [])]
  const at = links.findIndex((link) => link === document.activeElement)
  const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)
  links[next]?.focus()
}
