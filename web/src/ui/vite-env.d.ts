// The kinds of files that the build brings in by import.
/// <reference types="vite/client" />
