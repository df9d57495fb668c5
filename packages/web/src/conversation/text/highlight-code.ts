import { type CodeHighlighterPlugin, createCodePlugin } from '@streamdown/code'

export type ColouredLines = Parameters<NonNullable<Parameters<CodeHighlighterPlugin['highlight']>[1]>>[0]['tokens']

const plugin = createCodePlugin({ themes: ['github-light-high-contrast', 'github-dark-high-contrast'] })

/** The code in coloured pieces; undefined for a language that nobody wrote a grammar for. */
export async function highlightCode(code: string, language: string): Promise<ColouredLines | undefined> {
  const known = language.toLowerCase() as Parameters<typeof plugin.supportsLanguage>[0]
  if (!plugin.supportsLanguage(known)) return undefined
  return await new Promise((resolve) => {
    const there = plugin.highlight({ code, language: known, themes: plugin.getThemes() }, ({ tokens }) =>
      resolve(tokens),
    )
    if (there !== null) resolve(there.tokens)
  })
}
