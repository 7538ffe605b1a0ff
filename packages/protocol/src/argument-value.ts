/** A typed argument as it travels: text, number, yes/no, or a list of texts. */
export type ArgumentValue = string | number | boolean | readonly string[]
/** A command's arguments by name. */
export type Arguments = { readonly [name: string]: ArgumentValue }
