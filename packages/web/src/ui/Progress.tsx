import { Progress as Primitive } from 'radix-ui'

/** `percent` from 0 to 100; null while nobody can say. */
export function Progress({ label, percent }: { readonly label: string; readonly percent: number | null }) {
  return (
    <Primitive.Root
      aria-label={label}
      value={percent}
      className="relative h-1.5 w-full overflow-hidden rounded-full bg-secondary"
    >
      <Primitive.Indicator
        className="h-full rounded-full bg-primary transition-[width] data-[state=indeterminate]:w-1/3 data-[state=indeterminate]:animate-pulse"
        {...(percent === null ? {} : { style: { width: `${percent}%` } })}
      />
    </Primitive.Root>
  )
}
