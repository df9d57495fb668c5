/**
 * Stands in for `rehype-raw`, which streamdown imports and this page never uses: the HTML in answers stays the text it
 * is. So the parser for it, an eighth of the page's script, is not even loaded.
 */
// biome-ignore lint/style/noDefaultExport: it takes the place of a module that has one
export default function noHtml(): () => void {
  return () => undefined
}
