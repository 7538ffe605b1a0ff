import type { ComponentChildren } from 'preact'

/** A link that leaves the page: new tab, no hold on this one, no trace of where it came from. `href` is checked already. */
export const OutLink = ({
  href,
  children,
  ...rest
}: {
  readonly href: string
  readonly children: ComponentChildren
  readonly class?: string | undefined
  readonly part?: string
}) => (
  <a href={href} target="_blank" rel="noopener noreferrer" {...rest}>
    {children}
  </a>
)
