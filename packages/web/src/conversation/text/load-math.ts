import type { MathPlugin } from '@streamdown/math'

/** KaTeX with its fonts, from this server. Formulas get no bigger than text can bear, and open no links. */
export async function loadMath(): Promise<MathPlugin> {
  const [{ createMathPlugin }] = await Promise.all([import('@streamdown/math'), import('katex/dist/katex.min.css')])
  const math = createMathPlugin({ singleDollarTextMath: false })
  const { rehypePlugin } = math
  if (!Array.isArray(rehypePlugin)) return math
  const [plugin, options] = rehypePlugin
  return {
    ...math,
    rehypePlugin: [plugin, { ...options, trust: false, strict: 'ignore', maxSize: 20, maxExpand: 200 }],
  }
}
