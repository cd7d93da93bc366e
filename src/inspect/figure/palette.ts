/** Colours by what they are for: #rrggbb. */
export interface Palette {
  readonly paper: string;
  readonly raised: string;
  readonly ink: string;
  readonly soft: string;
  readonly faint: string;
  readonly rule: string;
  readonly blue: string;
  readonly red: string;
  readonly green: string;
  readonly violet: string;
  readonly ochre: string;
  readonly grey: string;
}

export type Theme = "light" | "dark";

/** Of pages and figures: blue and red are those of the signed map, and everything else keeps out of their way. */
export const palettes: Readonly<Record<Theme, Palette>> = {
  light: {
    paper: "#ffffff",
    raised: "#f4f6f8",
    ink: "#16202b",
    soft: "#52606f",
    faint: "#6b7785",
    rule: "#d9dfe5",
    blue: "#1f5f9e",
    red: "#b2182b",
    green: "#1d7a5a",
    violet: "#7448a3",
    ochre: "#8f6200",
    grey: "#52606f",
  },
  dark: {
    paper: "#10161d",
    raised: "#19222c",
    ink: "#e6ebf0",
    soft: "#a3b0bd",
    faint: "#8190a0",
    rule: "#2d3a47",
    blue: "#92c5de",
    red: "#f4a582",
    green: "#7fd1ae",
    violet: "#c6a5e8",
    ochre: "#e3c16f",
    grey: "#a3b0bd",
  },
};

/** Colours of things that are told apart, in their order. */
export const distinct = ["blue", "red", "green", "violet", "ochre", "grey"] as const;

/** The palette as custom properties of CSS. */
export function cssColors(theme: Theme): string {
  return Object.entries(palettes[theme])
    .map(([name, color]) => `--${name}: ${color};`)
    .join(" ");
}
