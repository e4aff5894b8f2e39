export type Language = 'en' | 'zh'

export const LANGUAGES: readonly Language[] = ['en', 'zh']

/** English sentence → Chinese sentence. */
export type Dictionary = Readonly<Record<string, string>>
