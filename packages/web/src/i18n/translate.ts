import { createInstance, type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { words as english } from './en.ts'

export const languages = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof languages

/** Not offered: English that runs from right to left, to see that the page turns, before somebody translates it so. */
const mirrored = 'en-Arab'

type Words = typeof english

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: Words }
    returnNull: false
  }
}

const loaders: Readonly<Record<Language | typeof mirrored, () => Promise<{ readonly words: Words }>>> = {
  en: () => import('./en.ts'),
  de: () => import('./de.ts'),
  [mirrored]: () => import('./mirrored.ts'),
}

/** What the reader chose, or else the first of the browser's languages that there is. */
export function chosenLanguage(): keyof typeof loaders {
  const stored = localStorage.getItem('quory.language') ?? ''
  if (stored === mirrored) return mirrored
  return (
    [stored, ...navigator.languages]
      .map((name) => name.split('-')[0])
      .find((name): name is Language => name !== undefined && name in languages) ?? 'en'
  )
}

/** Only the words of the language that is shown are loaded. */
export async function startTranslation(language: keyof typeof loaders): Promise<i18n> {
  const translation = createInstance()
  await translation.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { translation: (await loaders[language]()).words } },
    interpolation: { escapeValue: false },
  })
  show(translation)
  return translation
}

export async function changeLanguage(translation: i18n, language: Language): Promise<void> {
  translation.addResourceBundle(language, 'translation', (await loaders[language]()).words, true, true)
  localStorage.setItem('quory.language', language)
  await translation.changeLanguage(language)
  show(translation)
}

function show(translation: i18n): void {
  document.documentElement.lang = translation.language
  document.documentElement.dir = translation.dir()
}
