export type Theme = 'auto' | 'light' | 'dark'

const KEY = 'timhook-theme'

export const THEMES: readonly Theme[] = ['auto', 'light', 'dark']

/** The theme chosen in this browser; otherwise that of its system. */
export function theme(): Theme {
  const kept = localStorage.getItem(KEY)
  return THEMES.find((theme) => theme === kept) ?? 'auto'
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme)
  document.documentElement.dataset['theme'] = theme
}
