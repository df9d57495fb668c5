import { createInstance, type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { words as english } from './en.ts'

export const languages = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof languages

type Words = typeof english

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: Words }
    returnNull: false
  }
}

const loaders: Readonly<Record<Language, () => Promise<{ readonly words: Words }>>> = {
  en: () => import('./en.ts'),
  de: () => import('./de.ts'),
}

/** What the reader chose, or else the first of the browser's languages that there is. */
export function chosenLanguage(): Language {
  const wanted = [localStorage.getItem('quory.language') ?? '', ...navigator.languages]
  return (
    wanted
      .map((name) => name.split('-')[0])
      .find((name): name is Language => name !== undefined && name in languages) ?? 'en'
  )
}

/** Only the words of the language that is shown are loaded. */
export async function startTranslation(language: Language): Promise<i18n> {
  const translation = createInstance()
  await translation.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { translation: (await loaders[language]()).words } },
    interpolation: { escapeValue: false },
  })
  show(language)
  return translation
}

export async function changeLanguage(translation: i18n, language: Language): Promise<void> {
  translation.addResourceBundle(language, 'translation', (await loaders[language]()).words, true, true)
  localStorage.setItem('quory.language', language)
  await translation.changeLanguage(language)
  show(language)
}

function show(language: Language): void {
  document.documentElement.lang = language
}
