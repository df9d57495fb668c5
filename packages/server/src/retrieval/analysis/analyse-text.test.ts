import fc from 'fast-check'
import { expect, it } from 'vitest'
import { analyseText } from './analyse-text.ts'

it('leaves out stop words and possessives and stems what is left', () => {
  expect(analyseText("The cat's owners aren’t running L’Oréal’s companies", 'en')).toEqual([
    'cat',
    'owner',
    'run',
    'l',
    'oréal',
    'compani',
  ])
})

it('folds width, ligatures and case, and ignores invisible characters', () => {
  expect(analyseText('ﬁle ＦＩＬＥ fi\u00ADle FILE', 'en')).toEqual(['file', 'file', 'file', 'file'])
})

it('stems by the language of the text', () => {
  expect(analyseText('Die Häuser der Städte', 'de')).toEqual(['haus', 'stadt'])
  expect(analyseText("L'avion n'est pas une maison", 'fr')).toEqual(['avion', 'maison'])
  expect(analyseText('Städte', 'und')).toEqual(['städte'])
})

it('takes scripts without spaces as pairs of characters, also beside Latin words', () => {
  expect(analyseText('手机号码', 'zh')).toEqual(['手机', '机号', '号码'])
  expect(analyseText('iPhone手机 和', 'en')).toEqual(['iphon', '手机', '和'])
})

it('keeps the marks of a word with its letters', () => {
  expect(analyseText('हिन्दी', 'und')).toEqual(['हिन्दी'])
})

it('gives terms that any database can index, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('en', 'de', 'zh', 'und'),
      (text, language) => {
        for (const term of analyseText(`${text}${text}`, language)) {
          expect(term.length).toBeGreaterThan(0)
          expect(term.length).toBeLessThanOrEqual(130)
          expect(term.isWellFormed()).toBe(true)
          expect(term).not.toContain('\u0000')
        }
      },
    ),
  )
})
