import { expect, it } from 'vitest'
import { detectLanguage } from './detect-language.ts'

it.each([
  ['en', 'Who founded the city, and when was it built?'],
  ['de', 'Wer hat Rom gegründet?'],
  ['fr', 'Qui a fondé la ville de Rome ?'],
  ['es', '¿Quién fundó la ciudad de Roma y por qué?'],
  ['ru', 'Кто основал этот город?'],
  ['zh', '罗马是谁建立的？'],
  ['ja', 'ローマを建てたのは誰ですか'],
  ['ko', '로마를 세운 사람은 누구입니까'],
  [
    'pl',
    'Każdy człowiek ma prawo do życia, wolności i bezpieczeństwa swojej osoby, a także do uznania wszędzie jego osobowości prawnej, bez względu na kraj',
  ],
])('recognises %s', (language, text) => {
  expect(detectLanguage(text)).toBe(language)
})

it('takes a few Latin words for English and a text without letters for unknown', () => {
  expect(detectLanguage('Rome')).toBe('en')
  expect(detectLanguage('3.14159')).toBe('und')
  expect(detectLanguage('')).toBe('und')
})

it('is not misled by a title page in another language', () => {
  const body = 'Der Hund und die Katze sind in dem Haus, und sie haben nicht mit dem Ball gespielt. '.repeat(100)
  expect(detectLanguage(`Abstract. This is the thesis of a student at the university.\n${body}`)).toBe('de')
})
