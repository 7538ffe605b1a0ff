/** Who can sign in at the demo's provider. */
export type ProviderAccount = { readonly id: string; readonly displayName: string; readonly mail: string; readonly jobTitle: string }
export const ACCOUNTS: readonly ProviderAccount[] = [
  { id: 'demo-1', displayName: 'First demo account', mail: 'first@accounts.example', jobTitle: 'Shop owner' },
  { id: 'demo-2', displayName: 'Second demo account', mail: 'second@accounts.example', jobTitle: 'Warehouse' }
]
