// What Mantine has to know; the colours are in base.css.
import { createTheme } from "@mantine/core";

export const theme = createTheme({ fontFamily: "'Be Vietnam Pro', sans-serif", primaryColor: "blue", respectReducedMotion: true });
