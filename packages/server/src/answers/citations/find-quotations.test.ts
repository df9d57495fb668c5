import { expect, it } from 'vitest'
import { findQuotations } from './find-quotations.ts'

it.each([
  ['He wrote "owls hunt at night" there', ['owls hunt at night']],
  ['He wrote “owls hunt at night” there', ['owls hunt at night']],
  ['Er schrieb „Eulen jagen bei Nacht“ dort', ['Eulen jagen bei Nacht']],
  ['Er schrieb »Eulen jagen bei Nacht« dort', ['Eulen jagen bei Nacht']],
  ['Il écrit « les hiboux chassent la nuit » là', [' les hiboux chassent la nuit ']],
  ['He wrote ‘the owl’s nest is empty’ there', ['the owl’s nest is empty']],
  ['他写道「仓鸮夜间捕猎」', ['仓鸮夜间捕猎']],
  ['"The first one here" and "the second one here"', ['The first one here', 'the second one here']],
  ['a so-called "owl" and an "old barn"', []],
  ['a pipe of 5" and "the long quotation here"', ['the long quotation here']],
  ['never "closed at all', []],
  ['not over "a paragraph\n\nend of it"', []],
  ['', []],
])('%j quotes %j', (text, quotations) => {
  expect(findQuotations(text).map((quotation) => quotation.text)).toEqual(quotations)
})
