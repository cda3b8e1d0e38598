// Starts the console.
import "./ui/styles";
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Problem } from "./api/problem";
import { router } from "./routes/router";
import { theme } from "./ui/theme";
import { startWords } from "./ui/words";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal stays a refusal; a missing answer is worth another try.
      retry: (count, error) => count < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500),
      retryDelay: 1_000,
      staleTime: 5_000,
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});

await startWords();
const root = document.getElementById("root");
if (root) {
  // No style element is ever injected: the strict Content-Security-Policy would refuse it.
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} forceColorScheme="dark" withCssVariables={false} withGlobalClasses={false}>
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
