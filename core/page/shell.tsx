import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Session } from '../admin/api-types.ts'
import { type Language, language, t, type TextKey } from './i18n/text.ts'
import { linkTo } from './net/route.ts'
import { listen, type StreamState } from './net/stream.ts'
import { Status } from './parts/status.tsx'
import { offsetText } from './text/times.ts'
import { setTheme, theme, type Theme, THEMES } from './theme.ts'

const VIEWS: readonly (readonly [step: string, name: TextKey])[] = [
  ['overview', 'nav.overview'],
  ['events', 'nav.events'],
  ['dead-letters', 'nav.deadLetters'],
  ['plugins', 'nav.plugins'],
  ['config', 'nav.config'],
]

interface ShellProps {
  readonly session: Session
  readonly step: string
  readonly onLanguage: (language: Language) => void
  readonly onLogout: () => void
  readonly children: ComponentChildren
}

/** The frame around every view. */
export function Shell({ session, step, onLanguage, onLogout, children }: ShellProps) {
  const [state, setState] = useState<StreamState>('connecting')
  useEffect(() => listen({ state: setState }), [])
  return (
    <div class="shell">
      <a class="skip" href="#content" onClick={skipToContent}>
        {t('app.skip')}
      </a>
      <header class="side">
        <div class="brand">
          <strong>timhook</strong> <small class="muted">{session.version}</small>
        </div>
        <nav aria-label={t('nav.label')}>
          {VIEWS.map(([view, name]) => (
            <a href={linkTo([view])} aria-current={view === step ? 'page' : undefined}>
              {t(name)}
            </a>
          ))}
        </nav>
        <div class="settings">
          <span class={`connection ${state}`}>
            <i /> {t(state === 'open' ? 'app.live' : 'app.connecting')}
          </span>
          <span class="muted">{t('app.zone', { offset: offsetText(Date.now()) })}</span>
          <LanguageChoice onLanguage={onLanguage} />
          <ThemeChoice />
          {session.login && (
            <button type="button" onClick={onLogout}>
              {t('app.logout')}
            </button>
          )}
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {state === 'lost' && (
          <div class="notice bad" role="alert">
            {t('app.lost')}
          </div>
        )}
        {children}
      </main>
      <Status />
    </div>
  )
}

/** The part of the address after `#` is the view, so a normal jump link would leave it. */
function skipToContent(event: Event): void {
  event.preventDefault()
  document.querySelector('main')?.focus()
}

export function LanguageChoice({ onLanguage }: { onLanguage: (language: Language) => void }) {
  return (
    <label>
      <span class="unseen-label">{t('app.language')}</span>
      <select
        value={language()}
        onChange={({ currentTarget }) => onLanguage(currentTarget.value === 'zh' ? 'zh' : 'en')}
      >
        <option value="en" lang="en">
          English
        </option>
        <option value="zh" lang="zh-Hans">
          中文
        </option>
      </select>
    </label>
  )
}

function ThemeChoice() {
  const [chosen, setChosen] = useState<Theme>(theme())
  const choose = (theme: Theme): void => {
    setTheme(theme)
    setChosen(theme)
  }
  return (
    <label>
      <span class="unseen-label">{t('app.theme')}</span>
      <select value={chosen} onChange={({ currentTarget }) => choose(currentTarget.value as Theme)}>
        {THEMES.map((theme) => (
          <option value={theme}>{t(`app.theme.${theme}`)}</option>
        ))}
      </select>
    </label>
  )
}
