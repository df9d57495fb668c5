import { type ComponentProps, isValidElement, memo, type ReactNode } from 'react'
import type { Components } from 'react-markdown'
import { Markdown } from '../../ui/Markdown.tsx'
import { CitationMark } from './CitationMark.tsx'
import { CodeBlock } from './CodeBlock.tsx'
import { Diagram } from './Diagram.tsx'
import { loadMath } from './load-math.ts'
import { markCitations } from './mark-citations.ts'
import { hasMath, toDoubleDollars } from './math-marks.ts'
import { showFootnotes } from './show-footnotes.ts'
import { useLoaded } from './use-loaded.ts'

const components: Components = {
  span: ({ node: _, ...props }) => <Span {...props} />,
  pre: ({ children }) => <NestedFence>{children}</NestedFence>,
}

const plugins = [showFootnotes, markCitations]
const loadRemend = async () => (await import('remend')).default

interface ProseProps {
  readonly text: string
  /** What it needs of other pieces: definitions of links and footnotes. */
  readonly references: string | undefined
  /** More may follow: what is half-written is shown as it will be. */
  readonly isOpen: boolean
}

/** A piece of Markdown. It is parsed anew only when its own text changes. */
export const Prose = memo(function Prose({ text, references, isOpen }: ProseProps) {
  const isMath = hasMath(text)
  const math = useLoaded(loadMath, isMath)
  const complete = useLoaded(loadRemend, isOpen)
  const withMath = isMath && math !== undefined
  const marked = withMath ? toDoubleDollars(text) : text
  const whole = isOpen && complete !== undefined ? complete(marked) : marked
  return (
    <div className="wrap-anywhere">
      <Markdown
        components={components}
        remarkPlugins={withMath ? [math.remarkPlugin, ...plugins] : plugins}
        rehypePlugins={withMath ? [math.rehypePlugin] : []}
      >
        {references === undefined ? whole : `${whole}\n\n${references}`}
      </Markdown>
    </div>
  )
})

function Span({ children, ...props }: ComponentProps<'span'> & { readonly 'data-citation'?: string }) {
  const number = Number(props['data-citation'] ?? Number.NaN)
  if (Number.isNaN(number)) return <span {...props}>{children}</span>
  return <CitationMark number={number} text={`[${number}]`} />
}

/** A fence within a list or a quotation; the others are pieces of their own. */
function NestedFence({ children }: { readonly children: ReactNode }) {
  const { className, children: content } = isValidElement<ComponentProps<'code'>>(children) ? children.props : {}
  const language = /language-(\S+)/.exec(className ?? '')?.[1] ?? ''
  const code = typeof content === 'string' ? content.replace(/\n$/, '') : ''
  if (language === 'mermaid') return <Diagram code={code} isClosed={false} />
  return <CodeBlock code={code} language={language} isClosed={false} />
}
