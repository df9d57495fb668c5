import { Button, type ButtonProps } from './Button.tsx'
import { Tooltip } from './Tooltip.tsx'

interface IconButtonProps extends ButtonProps {
  /** What it does: its name for screen readers and its tooltip. */
  readonly label: string
  /** Shown beside the tooltip's words, such as `Esc`. */
  readonly shortcut?: string
}

export function IconButton({ label, shortcut, look = 'quiet', size = 'icon', ...props }: IconButtonProps) {
  return (
    <Tooltip label={label} shortcut={shortcut}>
      <Button aria-label={label} look={look} size={size} {...props} />
    </Tooltip>
  )
}
