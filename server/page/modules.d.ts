/** The address of a file that the build copies under a name with a digest. */
declare module '*?url' {
  const address: string;
  export default address;
}

/** The tables of laws, objectives and figures, as vite.config.ts takes them from src. */
declare module 'virtual:tables' {
  interface NamedUnit {
    readonly name: string;
    readonly symbol: string;
    readonly unit: string;
  }
  export const figures: readonly { readonly id: string; readonly title: string; readonly description: string }[];
  export const objectives: readonly { readonly id: string; readonly title: string; readonly delta: number | null }[];
  export const laws: readonly {
    readonly id: string;
    readonly title: string;
    readonly inputs: readonly NamedUnit[];
    readonly response: NamedUnit;
    readonly params: readonly { readonly name: string; readonly description: string }[];
  }[];
}
