export type Theme = 'auto' | 'light' | 'dark'

const KEY = 'timhook-theme'

export const THEMES: readonly Theme[] = ['auto', 'light', 'dark']

/** What this browser was told; otherwise as its system has it. */
export function theme(): Theme {
  const kept = localStorage.getItem(KEY)
  return THEMES.find((theme) => theme === kept) ?? 'auto'
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme)
  document.documentElement.dataset['theme'] = theme
}
