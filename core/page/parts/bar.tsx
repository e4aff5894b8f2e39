import { useEffect, useRef } from 'preact/hooks'

/** A bar that illustrates the number next to it. @param share from 0 to 1 */
export function Bar({ share }: { share: number }) {
  const ref = useRef<HTMLElement>(null)
  useEffect(() => {
    if (ref.current) ref.current.style.width = `${Math.min(Math.max(share, 0), 1) * 100}%`
  }, [share])
  return (
    <span class="bar" aria-hidden="true">
      <i ref={ref} />
    </span>
  )
}
