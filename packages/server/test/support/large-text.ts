/** Half as many passages again, of which the first names an albatross and the last a zebra. */
export function aLargeText(paragraphCount: number): string {
  const sentence = (i: number) => `Thing ${i} of the long list stands on shelf ${i % 977} behind door ${i % 89}.`
  const paragraph = (i: number) => Array.from({ length: 14 }, (_, k) => sentence(14 * i + k)).join(' ')
  const paragraphs = Array.from({ length: paragraphCount }, (_, i) => paragraph(i))
  return ['The albatross begins.', ...paragraphs, 'The zebra ends.'].join('\n\n')
}
