import { type ComponentProps, memo, type ReactNode } from 'react'
import { defaultRehypePlugins, defaultRemarkPlugins, Streamdown, type StreamdownProps } from 'streamdown'
import { CitationMark } from './CitationMark.tsx'
import { CodeBlock } from './CodeBlock.tsx'
import { Diagram } from './Diagram.tsx'
import { loadMath } from './load-math.ts'
import { markCitations } from './mark-citations.ts'
import { hasMath, toDoubleDollars } from './math-marks.ts'
import { safeLink } from './safe-link.ts'
import { useLoaded } from './use-loaded.ts'

const remarkPlugins = [...Object.values(defaultRemarkPlugins), markCitations]
// HTML is not read at all: without the plugin that would, it stays the text it is. What is left is links and images.
const rehypePlugins: NonNullable<StreamdownProps['rehypePlugins']> = [
  [
    (defaultRehypePlugins['harden'] as [never])[0],
    {
      allowedLinkPrefixes: ['*'],
      allowedImagePrefixes: ['*'],
      allowedProtocols: [],
      allowDataImages: false,
      linkBlockPolicy: 'text-only',
      imageBlockPolicy: 'text-only',
    },
  ],
]
const noLinkSafety = { enabled: false }

const components: NonNullable<StreamdownProps['components']> = {
  a: ({ href, children }) => <SafeLink href={href}>{children}</SafeLink>,
  // An image would tell its server who reads what: it is a link to follow, or its words.
  img: ({ src, alt = '' }) => <SafeLink href={src}>{alt === '' && typeof src === 'string' ? src : alt}</SafeLink>,
  span: ({ node: _, ...props }) => <Span {...props} />,
  code: ({ className, children }) => <NestedCode className={className}>{children}</NestedCode>,
  inlineCode: ({ children }) => (
    <code className="rounded bg-muted px-1 py-0.5 font-mono text-[0.9em] wrap-anywhere">{children}</code>
  ),
  p: ({ children }) => <p className="my-3 leading-7">{children}</p>,
  ul: ({ children }) => <ul className="my-3 list-disc ps-6 [&_ol]:my-1 [&_ul]:my-1">{children}</ul>,
  ol: ({ children, start }) => (
    <ol start={start} className="my-3 list-decimal ps-7 [&_ol]:my-1 [&_ul]:my-1">
      {children}
    </ol>
  ),
  li: ({ children }) => <li className="my-1 ps-1 leading-7 [&>p]:my-1">{children}</li>,
  blockquote: ({ children }) => (
    <blockquote className="my-4 border-s-4 ps-4 text-muted-foreground">{children}</blockquote>
  ),
  hr: () => <hr className="my-6" />,
  h1: ({ children }) => <h4 className="mt-6 mb-2 text-xl font-semibold">{children}</h4>,
  h2: ({ children }) => <h4 className="mt-6 mb-2 text-lg font-semibold">{children}</h4>,
  h3: ({ children }) => <h5 className="mt-5 mb-2 font-semibold">{children}</h5>,
  h4: ({ children }) => <h5 className="mt-4 mb-2 font-semibold">{children}</h5>,
  h5: ({ children }) => <h6 className="mt-4 mb-2 text-sm font-semibold">{children}</h6>,
  h6: ({ children }) => <h6 className="mt-4 mb-2 text-sm font-semibold">{children}</h6>,
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div tabIndex={0} className="my-4 overflow-x-auto rounded-lg border">
      <table className="w-full border-collapse text-sm [&_td]:border-t [&_td]:px-3 [&_td]:py-2 [&_td]:align-top [&_th]:bg-muted [&_th]:px-3 [&_th]:py-2 [&_th]:text-start [&_th]:font-medium">
        {children}
      </table>
    </div>
  ),
}

interface ProseProps {
  readonly text: string
  /** More may follow: what is half-written is shown as it will be. */
  readonly isOpen: boolean
}

/** A piece of Markdown. It is parsed anew only when its own text changes. */
export const Prose = memo(function Prose({ text, isOpen }: ProseProps) {
  const isMath = hasMath(text)
  const math = useLoaded(loadMath, isMath)
  return (
    <Streamdown
      dir="auto"
      className="space-y-0 wrap-anywhere"
      parseIncompleteMarkdown={isOpen}
      components={components}
      remarkPlugins={remarkPlugins}
      rehypePlugins={rehypePlugins}
      linkSafety={noLinkSafety}
      controls={false}
      {...(isMath && math !== undefined ? { plugins: { math } } : {})}
    >
      {isMath && math !== undefined ? toDoubleDollars(text) : text}
    </Streamdown>
  )
})

function SafeLink({ href, children }: { readonly href: unknown; readonly children: ReactNode }) {
  const address = safeLink(href)
  if (address === undefined) return children
  return (
    <a
      href={address}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="text-primary underline underline-offset-2 wrap-anywhere"
    >
      {children}
    </a>
  )
}

function Span({ children, ...props }: ComponentProps<'span'> & { readonly 'data-citation'?: string }) {
  const number = Number(props['data-citation'] ?? Number.NaN)
  if (Number.isNaN(number)) return <span {...props}>{children}</span>
  return <CitationMark number={number} text={`[${number}]`} />
}

/** A fence within a list or a quotation; the others are pieces of their own. */
function NestedCode({ className, children }: { readonly className: string | undefined; readonly children: ReactNode }) {
  const language = /language-(\S+)/.exec(className ?? '')?.[1] ?? ''
  const code = typeof children === 'string' ? children.replace(/\n$/, '') : ''
  if (language === 'mermaid') return <Diagram code={code} isClosed={false} />
  return <CodeBlock code={code} language={language} isClosed={false} />
}
