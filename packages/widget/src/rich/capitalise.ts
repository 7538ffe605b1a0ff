/** Partners are named by their key (`github`): begin them with a capital. */
export const capitalise = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)
