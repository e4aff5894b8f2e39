import { t } from '../i18n/text.ts'
import { say } from './status.tsx'

/** Copies a text. Over plain HTTP browsers have no clipboard for pages; the text is then selected and copied. */
export function CopyButton({ text, label }: { text: () => string | Promise<string>; label: string }) {
  const run = async (): Promise<void> => {
    await copy(await text())
    say(t('app.copied'))
  }
  return (
    <button type="button" onClick={() => void run()}>
      {label}
    </button>
  )
}

async function copy(text: string): Promise<void> {
  if (isSecureContext) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}
