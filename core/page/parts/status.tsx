import { useEffect, useState } from 'preact/hooks'

let showStatus: (text: string) => void = () => undefined

/** Shows a sentence for a while, and has screen readers say it. */
export function say(text: string): void {
  showStatus(text)
}

const SHOWN_MS = 8000

/** Where these sentences appear. There is one of these on the page. */
export function Status() {
  const [text, setText] = useState('')
  useEffect(() => {
    showStatus = setText
    return () => (showStatus = () => undefined)
  }, [])
  useEffect(() => {
    if (text === '') return undefined
    const timer = setTimeout(() => setText(''), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <div class={text === '' ? 'toast empty' : 'toast'} role="status">
      {text}
    </div>
  )
}
