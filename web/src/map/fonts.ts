// The letters of the map: the same woff2 files as the page's, cut by script, from this server.
import latin from "@fontsource/be-vietnam-pro/files/be-vietnam-pro-latin-600-normal.woff2?url";
import vietnamese from "@fontsource/be-vietnam-pro/files/be-vietnam-pro-vietnamese-600-normal.woff2?url";

const here = (path: string) => new URL(path, window.location.href).href;

/** The name of the stack, for `text-font`. */
export const FONT = "Be Vietnam Pro";

/** The `font-faces` of the style. */
export const fontFaces = {
  [FONT]: [
    { url: here(vietnamese), "unicode-range": ["U+0102-0103", "U+0110-0111", "U+0128-0129", "U+0168-0169", "U+01A0-01A1", "U+01AF-01B0", "U+0300-0301", "U+0303-0304", "U+0308-0309", "U+0323", "U+0329", "U+1EA0-1EF9", "U+20AB"] },
    { url: here(latin), "unicode-range": ["U+0000-00FF", "U+2000-206F", "U+2212"] },
  ],
};
