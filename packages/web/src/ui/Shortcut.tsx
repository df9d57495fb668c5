const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** Keys as the reader's keyboard names them: `Mod+K` is ⌘K or Ctrl K. */
export function Shortcut({ keys }: { readonly keys: string }) {
  return (
    <kbd
      dir="ltr"
      className="inline-flex items-center gap-0.5 rounded border border-current/25 px-1 font-sans text-[0.7rem] leading-4 opacity-80"
    >
      {keys.split('+').map((key) => (
        <span key={key}>{key === 'Mod' ? (isApple ? '⌘' : 'Ctrl') : key}</span>
      ))}
    </kbd>
  )
}
