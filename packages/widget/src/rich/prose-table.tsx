import type { ComponentChildren } from 'preact'

/** A table of markdown; its cells are drawn already. */
export const ProseTable = ({ head, rows }: { readonly head: readonly ComponentChildren[]; readonly rows: readonly (readonly ComponentChildren[])[] }) => (
  <div class="wide" tabIndex={0} role="group">
    <table class="grid">
      <thead>
        <tr>
          {head.map((cell) => (
            <th scope="col">{cell}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            {row.map((cell) => (
              <td>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
